-- Every attempt to export a schedule, kept for 90 days.
CREATE TABLE IF NOT EXISTS `${dataset}.schedule_export_log` (
  schedule_id STRING NOT NULL,
  page_name STRING NOT NULL,
  export_timestamp TIMESTAMP NOT NULL,
  status STRING OPTIONS (description = 'SUCCESS, FAILED, PARTIAL or SKIPPED'),
  error_message STRING,
  message_count INT64,
  execution_time_seconds FLOAT64,
  exported_by STRING,
  export_format STRING OPTIONS (description = 'CSV, SHEETS or JSON'),
  destination STRING OPTIONS (description = 'file name or tab')
)
PARTITION BY DATE(export_timestamp)
CLUSTER BY page_name, status
OPTIONS (description = 'Exports', partition_expiration_days = 90);

ALTER TABLE `${dataset}.schedule_export_log`
  ADD COLUMN IF NOT EXISTS destination STRING;
