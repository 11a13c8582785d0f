-- Runs of the external ETL. Deployment never touches it.
CREATE TABLE IF NOT EXISTS `${dataset}.etl_job_runs` (
  run_id STRING NOT NULL,
  started_at TIMESTAMP,
  finished_at TIMESTAMP,
  messages_found INT64,
  rows_loaded INT64,
  status STRING
);
