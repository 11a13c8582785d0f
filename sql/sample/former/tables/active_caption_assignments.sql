-- Caption locks of the former release: rows are never deactivated with a reason.
CREATE TABLE IF NOT EXISTS `${dataset}.active_caption_assignments` (
  page_name STRING NOT NULL,
  caption_id INT64 NOT NULL,
  caption_text STRING NOT NULL,
  assigned_date DATE NOT NULL,
  scheduled_send_date DATE,
  scheduled_send_hour INT64,
  price_tier STRING,
  is_active BOOL,
  assigned_at TIMESTAMP,
  assignment_key STRING,
  schedule_id STRING
);
