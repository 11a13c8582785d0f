-- One row a health check with its components, kept for 180 days.
CREATE TABLE IF NOT EXISTS `${dataset}.health_checks` (
  check_id STRING,
  check_time TIMESTAMP NOT NULL,
  score INT64 OPTIONS (description = '0 to 100; NULL when the check itself failed'),
  band STRING OPTIONS (description = 'HEALTHY, WATCH, ALERT, ROLLBACK or UNKNOWN'),
  components JSON,
  red_flags ARRAY<STRING>,
  error_message STRING
)
PARTITION BY DATE(check_time)
OPTIONS (description = 'Health checks', partition_expiration_days = 180);
