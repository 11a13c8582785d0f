-- Bandit arms of the former release: no exploration score and no percentile.
CREATE TABLE IF NOT EXISTS `${dataset}.caption_bandit_stats` (
  caption_id INT64 NOT NULL,
  page_name STRING NOT NULL,
  successes INT64,
  failures INT64,
  total_observations INT64,
  total_revenue FLOAT64,
  avg_conversion_rate FLOAT64,
  avg_emv FLOAT64,
  last_emv_observed FLOAT64,
  confidence_lower_bound FLOAT64,
  confidence_upper_bound FLOAT64,
  last_used TIMESTAMP,
  last_updated TIMESTAMP
);
