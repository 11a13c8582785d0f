-- What the dataset's queries billed each day of business time, kept beyond the 180 days of the job history. Written by run_health_check.
-- Bytes, not money: a price can change and be corrected afterwards.
CREATE TABLE IF NOT EXISTS `${dataset}.daily_query_costs` (
  cost_date DATE NOT NULL,
  jobs INT64,
  billed_bytes INT64,
  updated_at TIMESTAMP
)
PARTITION BY DATE_TRUNC(cost_date, MONTH)
OPTIONS (description = 'Billed bytes of the dataset\'s queries by day');
