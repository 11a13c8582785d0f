-- The pages of the agency. Deployment never touches it.
CREATE TABLE IF NOT EXISTS `${dataset}.active_creators` (
  page_name STRING NOT NULL,
  is_active BOOL,
  fan_count INT64,
  messages_per_day INT64,
  revenue_target_90d FLOAT64,
  joined_on DATE
);
