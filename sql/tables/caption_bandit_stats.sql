-- One arm of the bandit for each caption and page: evidence, bounds and rank, rewritten by update_caption_performance.
CREATE TABLE IF NOT EXISTS `${dataset}.caption_bandit_stats` (
  caption_id INT64 NOT NULL,
  page_name STRING NOT NULL,
  successes INT64 DEFAULT 1 OPTIONS (description = 'uses above the median EMV of the page, plus the prior of 1'),
  failures INT64 DEFAULT 1 OPTIONS (description = 'other uses, plus the prior of 1'),
  total_observations INT64 DEFAULT 0,
  total_revenue FLOAT64 DEFAULT 0.0 OPTIONS (description = 'USD'),
  avg_conversion_rate FLOAT64 DEFAULT 0.0,
  avg_emv FLOAT64 DEFAULT 0.0 OPTIONS (description = 'USD'),
  last_emv_observed FLOAT64 OPTIONS (description = 'USD'),
  confidence_lower_bound FLOAT64,
  confidence_upper_bound FLOAT64,
  exploration_score FLOAT64,
  last_used TIMESTAMP,
  last_updated TIMESTAMP,
  performance_percentile INT64 OPTIONS (description = '0 to 100 within the page'),
  PRIMARY KEY (caption_id, page_name) NOT ENFORCED
)
PARTITION BY DATE(last_updated)
CLUSTER BY page_name, caption_id, last_used
OPTIONS (description = 'Bandit arms');

ALTER TABLE `${dataset}.caption_bandit_stats`
  ADD COLUMN IF NOT EXISTS last_emv_observed FLOAT64,
  ADD COLUMN IF NOT EXISTS exploration_score FLOAT64,
  ADD COLUMN IF NOT EXISTS performance_percentile INT64;
