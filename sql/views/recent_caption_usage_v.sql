-- Captions that each page used in the last 7 days or has reserved ahead; swept locks count, rolled back ones do not.
CREATE OR REPLACE VIEW `${dataset}.recent_caption_usage_v` AS
SELECT
  page_name,
  caption_id,
  MAX(IFNULL(scheduled_send_date, assigned_date)) AS last_used_date,
  COUNT(*) AS uses
FROM `${dataset}.active_caption_assignments`
WHERE `${dataset}.counts_as_used`(is_active, deactivation_reason)
  AND IFNULL(scheduled_send_date, assigned_date) >= DATE_SUB(CURRENT_DATE('${timezone}'), INTERVAL 7 DAY)
GROUP BY page_name, caption_id;
