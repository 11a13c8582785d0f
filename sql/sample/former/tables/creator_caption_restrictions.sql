-- Per-page caption restrictions.
CREATE TABLE IF NOT EXISTS `${dataset}.creator_caption_restrictions` (
  page_name STRING NOT NULL,
  restriction_text STRING,
  hard_patterns ARRAY<STRING>,
  soft_patterns ARRAY<STRING>,
  restricted_categories ARRAY<STRING>,
  restricted_price_tiers ARRAY<STRING>,
  applies_to_scope STRING,
  min_ppv_pool INT64,
  min_bump_pool INT64,
  is_active BOOL NOT NULL,
  updated_at TIMESTAMP NOT NULL,
  updated_by STRING,
  version INT64 NOT NULL
);
