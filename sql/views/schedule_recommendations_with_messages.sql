-- Schedules with one row a message, joined to the bank and to the page's arm of the caption.
-- Values out of the JSON are read safely: a field that is missing or of another type is NULL, and a schedule without messages is one row.
CREATE OR REPLACE VIEW `${dataset}.schedule_recommendations_with_messages` AS
WITH messages AS (
  SELECT
    schedules.schedule_id,
    schedules.page_name,
    schedules.week_start,
    schedules.created_at AS schedule_created_at,
    schedules.status AS schedule_status,
    schedules.is_active AS schedule_is_active,
    schedules.account_size,
    schedules.saturation_zone,
    IF(message IS NULL, NULL, IFNULL(SAFE_CAST(JSON_VALUE(message, '$.index') AS INT64), message_offset)) AS message_index,
    JSON_VALUE(message, '$.day_of_week') AS day_of_week,
    SAFE_CAST(JSON_VALUE(message, '$.send_at') AS TIMESTAMP) AS scheduled_send_at,
    SAFE_CAST(JSON_VALUE(message, '$.send_local') AS DATETIME) AS send_local,
    JSON_VALUE(message, '$.type') AS message_type,
    SAFE_CAST(JSON_VALUE(message, '$.caption_id') AS INT64) AS caption_id,
    JSON_VALUE(message, '$.caption_text') AS caption_text,
    JSON_VALUE(message, '$.tier') AS price_tier,
    JSON_VALUE(message, '$.category') AS content_category,
    SAFE_CAST(JSON_VALUE(message, '$.has_urgency') AS BOOL) AS has_urgency,
    SAFE_CAST(JSON_VALUE(message, '$.price') AS FLOAT64) AS price,
    SAFE_CAST(JSON_VALUE(message, '$.performance_score') AS FLOAT64) AS performance_score
  FROM `${dataset}.schedule_recommendations` AS schedules
  LEFT JOIN UNNEST(JSON_QUERY_ARRAY(schedules.schedule_json, '$.messages')) AS message WITH OFFSET AS message_offset
), timed AS (
  SELECT
    schedule_id, page_name, week_start, schedule_created_at, schedule_status, schedule_is_active, account_size, saturation_zone,
    message_index, day_of_week, scheduled_send_at,
    IFNULL(DATETIME(scheduled_send_at, '${timezone}'), send_local) AS scheduled_send_time,
    message_type, caption_id, caption_text, price_tier, content_category, has_urgency, price, performance_score
  FROM messages
)
SELECT
  timed.schedule_id,
  timed.page_name,
  timed.week_start,
  timed.schedule_created_at,
  timed.schedule_status,
  timed.schedule_is_active,
  timed.account_size,
  timed.saturation_zone,
  timed.message_index,
  IFNULL(timed.day_of_week, FORMAT_DATETIME('%A', timed.scheduled_send_time)) AS day_of_week,
  timed.scheduled_send_at,
  timed.scheduled_send_time,
  timed.message_type,
  timed.caption_id,
  IFNULL(timed.caption_text, bank.caption_text) AS caption_text,
  IFNULL(timed.price_tier, bank.price_tier) AS price_tier,
  IFNULL(timed.content_category, bank.content_category) AS content_category,
  IFNULL(timed.has_urgency, bank.has_urgency) AS has_urgency,
  timed.price,
  timed.performance_score,
  stats.confidence_lower_bound,
  stats.confidence_upper_bound,
  stats.total_observations,
  stats.last_updated AS caption_last_updated,
  IF(
    timed.scheduled_send_time IS NULL,
    NULL,
    RANK() OVER (PARTITION BY timed.schedule_id, timed.page_name, DATE(timed.scheduled_send_time) ORDER BY timed.scheduled_send_time)
  ) AS time_slot_rank
FROM timed
LEFT JOIN `${dataset}.caption_bank` AS bank
  ON bank.caption_id = timed.caption_id
LEFT JOIN `${dataset}.caption_bandit_stats` AS stats
  ON stats.caption_id = timed.caption_id AND stats.page_name = timed.page_name;
