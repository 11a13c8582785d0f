-- What went wrong for single pages inside an automation run.
CREATE TABLE IF NOT EXISTS `${dataset}.creator_processing_errors` (
  job_id STRING,
  page_name STRING,
  execution_date DATE,
  error_message STRING,
  error_time TIMESTAMP
)
PARTITION BY DATE(error_time)
CLUSTER BY job_id, page_name
OPTIONS (description = 'Errors of single pages');
