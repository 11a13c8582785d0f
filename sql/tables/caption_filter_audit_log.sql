-- Every caption that a restriction removed or ranked down, with the rule that did it.
CREATE TABLE IF NOT EXISTS `${dataset}.caption_filter_audit_log` (
  workflow_id STRING,
  schedule_id STRING,
  page_name STRING,
  caption_id INT64,
  caption_text STRING,
  content_category STRING,
  price_tier STRING,
  rule_type STRING OPTIONS (description = 'PATTERN_HARD, PATTERN_SOFT, CATEGORY or PRICE_TIER'),
  rule_value STRING,
  enforcement STRING OPTIONS (description = 'HARD or SOFT'),
  stage STRING,
  filtered_at TIMESTAMP NOT NULL,
  total_pool_before INT64,
  total_pool_after INT64
)
PARTITION BY DATE(filtered_at)
CLUSTER BY page_name, rule_type
OPTIONS (description = 'What restrictions did');
