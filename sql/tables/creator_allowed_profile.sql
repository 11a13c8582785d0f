-- What a page allows: lists of categories and tiers for PPVs and bumps; NULL or empty allows everything.
CREATE TABLE IF NOT EXISTS `${dataset}.creator_allowed_profile` (
  page_name STRING NOT NULL,
  allowed_ppv_categories ARRAY<STRING>,
  allowed_ppv_tiers ARRAY<STRING>,
  allowed_bump_categories ARRAY<STRING>,
  allowed_bump_tiers ARRAY<STRING>,
  is_active BOOL NOT NULL,
  updated_at TIMESTAMP NOT NULL,
  updated_by STRING,
  version INT64 NOT NULL
)
PARTITION BY DATE(updated_at)
CLUSTER BY page_name, is_active
OPTIONS (description = 'Allow-lists of pages');
