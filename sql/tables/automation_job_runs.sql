-- Runs of the scheduled queries and the daily automation; the health check reads their age and outcome.
CREATE TABLE IF NOT EXISTS `${dataset}.automation_job_runs` (
  job_id STRING NOT NULL,
  job_name STRING NOT NULL,
  job_start_time TIMESTAMP NOT NULL,
  job_end_time TIMESTAMP,
  job_status STRING OPTIONS (description = 'RUNNING, SUCCESS, COMPLETED_WITH_ERRORS, COMPLETED_NO_WORK, SKIPPED or FAILED'),
  execution_date DATE OPTIONS (description = 'civil date in the business time zone'),
  creators_processed INT64,
  creators_failed INT64,
  job_duration_seconds FLOAT64,
  error_message STRING
)
PARTITION BY DATE(job_start_time)
CLUSTER BY job_name, job_status
OPTIONS (description = 'Automation runs');
