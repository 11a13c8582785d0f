-- Pages that need a schedule, one row a page and day.
CREATE TABLE IF NOT EXISTS `${dataset}.schedule_generation_queue` (
  page_name STRING,
  execution_date DATE,
  saturation_pct FLOAT64 OPTIONS (description = 'locked captions of the page in percent of the available pool'),
  queued_at TIMESTAMP,
  processed_at TIMESTAMP,
  status STRING OPTIONS (description = 'PENDING, PROCESSING, COMPLETED or FAILED'),
  schedule_id STRING,
  error_message STRING
)
PARTITION BY execution_date
CLUSTER BY status, page_name
OPTIONS (description = 'Pages waiting for a schedule');
