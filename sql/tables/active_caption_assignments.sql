-- Locks: a caption reserved for a page, a date and an hour; deactivated rows stay as the memory of use.
CREATE TABLE IF NOT EXISTS `${dataset}.active_caption_assignments` (
  page_name STRING NOT NULL,
  caption_id INT64 NOT NULL,
  caption_text STRING NOT NULL OPTIONS (description = 'text when it was locked'),
  assigned_date DATE NOT NULL OPTIONS (description = 'civil date of locking in the business time zone'),
  scheduled_send_date DATE OPTIONS (description = 'civil date in the business time zone'),
  scheduled_send_hour INT64 OPTIONS (description = '0 to 23 in the business time zone'),
  price_tier STRING,
  is_active BOOL,
  assigned_at TIMESTAMP,
  assignment_key STRING OPTIONS (description = 'see assignment_key(); NULL in rows older than the key'),
  schedule_id STRING,
  deactivated_at TIMESTAMP,
  deactivation_reason STRING OPTIONS (description = 'STALE_7DAY, PAST_SEND_DATE, ROLLBACK, MANUAL or TEST_CLEANUP')
)
PARTITION BY scheduled_send_date
CLUSTER BY page_name, is_active, caption_id
OPTIONS (description = 'Caption locks');

ALTER TABLE `${dataset}.active_caption_assignments`
  ADD COLUMN IF NOT EXISTS assignment_key STRING,
  ADD COLUMN IF NOT EXISTS schedule_id STRING,
  ADD COLUMN IF NOT EXISTS deactivated_at TIMESTAMP,
  ADD COLUMN IF NOT EXISTS deactivation_reason STRING;
