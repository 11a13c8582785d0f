-- What the former release had learned and reserved: 28 arms on 14 pages, 153 locks (8 of them overdue), 4 schedules.
-- parameters: @seed INT64, @now TIMESTAMP
INSERT INTO `${dataset}.caption_bandit_stats` (
  caption_id, page_name, successes, failures, total_observations, total_revenue,
  avg_conversion_rate, avg_emv, last_emv_observed, confidence_lower_bound, confidence_upper_bound, last_used, last_updated
)
WITH used AS (
  SELECT
    page_name,
    caption_id,
    COUNT(*) AS observations,
    SUM(earnings) AS revenue,
    MAX(sending_time) AS last_used,
    ROW_NUMBER() OVER (PARTITION BY page_name ORDER BY COUNT(*) DESC, caption_id) AS position
  FROM `${dataset}.mass_messages`
  WHERE caption_id IS NOT NULL
  GROUP BY page_name, caption_id
)
SELECT
  caption_id, page_name, 1 + DIV(observations, 2), 1 + observations - DIV(observations, 2), observations, revenue,
  0.002, 0.25, 0.25, 0.2, 0.8, last_used, TIMESTAMP_SUB(@now, INTERVAL 5 HOUR)
FROM used
WHERE position <= 2 AND page_name <= 'page_14';

INSERT INTO `${dataset}.active_caption_assignments` (
  page_name, caption_id, caption_text, assigned_date, scheduled_send_date, scheduled_send_hour, price_tier, is_active, assigned_at, assignment_key, schedule_id
)
WITH bank AS (
  SELECT caption_id, caption_text, price_tier, ROW_NUMBER() OVER (ORDER BY caption_id) AS position
  FROM `${dataset}.caption_bank`
  WHERE overall_performance_score > 0 AND usage_status = 'available'
)
SELECT
  CONCAT('page_', LPAD(CAST(1 + MOD(position, 38) AS STRING), 2, '0')),
  caption_id,
  caption_text,
  DATE_SUB(DATE(@now, '${timezone}'), INTERVAL 3 DAY),
  -- Behind the twelve favourites of 38 pages, one caption a lock, so that no caption is reserved twice.
  IF(position <= 1008, DATE_SUB(DATE(@now, '${timezone}'), INTERVAL 1 + MOD(position, 9) DAY), DATE_ADD(DATE(@now, '${timezone}'), INTERVAL MOD(position, 7) DAY)),
  9 + MOD(position, 12),
  price_tier,
  TRUE,
  TIMESTAMP_SUB(@now, INTERVAL 3 DAY),
  CAST(NULL AS STRING),
  CONCAT('sched_former_', CAST(1 + MOD(position, 4) AS STRING))
FROM bank
WHERE position > 1000 AND position <= 1153;

INSERT INTO `${dataset}.schedule_recommendations` (schedule_id, page_name, created_at, week_start, total_messages, status, is_active)
SELECT
  CONCAT('sched_former_', CAST(n AS STRING)),
  CONCAT('page_', LPAD(CAST(n AS STRING), 2, '0')),
  TIMESTAMP_SUB(@now, INTERVAL 3 DAY),
  DATE_TRUNC(DATE_SUB(DATE(@now, '${timezone}'), INTERVAL 3 DAY), WEEK(MONDAY)),
  20,
  'exported',
  TRUE
FROM UNNEST(GENERATE_ARRAY(1, 4)) AS n;
