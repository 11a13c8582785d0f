-- Alerts raised inside the warehouse, to be read and acknowledged by people.
CREATE TABLE IF NOT EXISTS `${dataset}.automation_alerts` (
  alert_id STRING DEFAULT GENERATE_UUID(),
  alert_time TIMESTAMP,
  alert_level STRING OPTIONS (description = 'INFO, WARNING or CRITICAL'),
  alert_source STRING,
  alert_message STRING,
  job_id STRING,
  acknowledged BOOL DEFAULT FALSE,
  acknowledged_at TIMESTAMP,
  acknowledged_by STRING
)
PARTITION BY DATE(alert_time)
CLUSTER BY alert_level, alert_source, acknowledged
OPTIONS (description = 'Alerts');
