-- Schedules of the former release: a workflow row without the schedule itself.
CREATE TABLE IF NOT EXISTS `${dataset}.schedule_recommendations` (
  schedule_id STRING NOT NULL,
  page_name STRING NOT NULL,
  created_at TIMESTAMP NOT NULL,
  week_start DATE,
  total_messages INT64,
  status STRING,
  is_active BOOL
);
