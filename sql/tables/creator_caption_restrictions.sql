-- Rules of a page that forbid captions (hard) or rank them down (soft); the newest active version counts.
CREATE TABLE IF NOT EXISTS `${dataset}.creator_caption_restrictions` (
  page_name STRING NOT NULL,
  restriction_text STRING,
  hard_patterns ARRAY<STRING> OPTIONS (description = 'RE2'),
  soft_patterns ARRAY<STRING> OPTIONS (description = 'RE2'),
  restricted_categories ARRAY<STRING>,
  restricted_price_tiers ARRAY<STRING>,
  applies_to_scope STRING DEFAULT 'ALL' OPTIONS (description = 'PPV_ONLY, BUMP_ONLY or ALL'),
  min_ppv_pool INT64,
  min_bump_pool INT64,
  is_active BOOL NOT NULL,
  updated_at TIMESTAMP NOT NULL,
  updated_by STRING,
  version INT64 NOT NULL
)
PARTITION BY DATE(updated_at)
CLUSTER BY page_name, is_active
OPTIONS (description = 'Caption restrictions of pages');
