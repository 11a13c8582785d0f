-- The latest selection of each page, one row a page, kept for 7 days.
CREATE TABLE IF NOT EXISTS `${dataset}.caption_selector_results` (
  run_id STRING,
  page_name STRING NOT NULL,
  behavioral_segment STRING,
  created_at TIMESTAMP NOT NULL,
  budget_captions ARRAY<STRUCT<caption_id INT64, caption_text STRING, price_tier STRING, content_category STRING, has_urgency BOOL, thompson_score FLOAT64, final_score FLOAT64, strategy STRING>>,
  mid_captions ARRAY<STRUCT<caption_id INT64, caption_text STRING, price_tier STRING, content_category STRING, has_urgency BOOL, thompson_score FLOAT64, final_score FLOAT64, strategy STRING>>,
  premium_captions ARRAY<STRUCT<caption_id INT64, caption_text STRING, price_tier STRING, content_category STRING, has_urgency BOOL, thompson_score FLOAT64, final_score FLOAT64, strategy STRING>>,
  bump_captions ARRAY<STRUCT<caption_id INT64, caption_text STRING, price_tier STRING, content_category STRING, has_urgency BOOL, thompson_score FLOAT64, final_score FLOAT64, strategy STRING>>,
  shortfall JSON OPTIONS (description = 'captions missing from each quota')
)
PARTITION BY DATE(created_at)
CLUSTER BY page_name
OPTIONS (description = 'Selections', partition_expiration_days = 7);
