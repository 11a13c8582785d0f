-- Gate test #3, read back: the schedule that was built is in the warehouse, whole and with its locks. One row a check.
-- parameters: @schedule_id STRING, @messages INT64
WITH header AS (
  SELECT schedule_id, total_messages, total_ppvs, total_bumps
  FROM `${dataset}.schedule_recommendations`
  WHERE page_name = 'test_creator' AND schedule_id = @schedule_id
), messages AS (
  SELECT m.message_type, m.scheduled_send_time, m.caption_id
  FROM `${dataset}.schedule_recommendations_with_messages` AS m
  JOIN header ON header.schedule_id = m.schedule_id
  WHERE m.message_index IS NOT NULL
), facts AS (
  SELECT
    COUNT(*) AS messages,
    COUNTIF(IFNULL(message_type, '') NOT IN ('PPV', 'Bump')) AS odd_types,
    COUNT(DISTINCT scheduled_send_time) AS minutes,
    COUNTIF(IFNULL(EXTRACT(HOUR FROM scheduled_send_time) NOT BETWEEN 8 AND 21, TRUE)) AS outside_window
  FROM messages
), locks AS (
  SELECT COUNT(*) AS locks
  FROM `${dataset}.active_caption_assignments` AS a
  JOIN header ON header.schedule_id = a.schedule_id
  WHERE a.is_active
)
SELECT 'header row' AS check_name, COUNT(*) = 1 AS passed, CONCAT(CAST(COUNT(*) AS STRING), ' header') AS evidence FROM header
UNION ALL
SELECT 'messages', facts.messages > 0 AND facts.messages = @messages AND facts.messages = IFNULL((SELECT total_messages FROM header), -1), CONCAT(CAST(facts.messages AS STRING), ' of ', CAST(@messages AS STRING), ' rows') FROM facts
UNION ALL
SELECT 'types', facts.odd_types = 0, CONCAT(CAST(facts.odd_types AS STRING), ' other than PPV and Bump') FROM facts
UNION ALL
SELECT 'no minute twice', facts.minutes = facts.messages, CONCAT(CAST(facts.minutes AS STRING), ' different minutes') FROM facts
UNION ALL
SELECT 'send window', facts.outside_window = 0, CONCAT(CAST(facts.outside_window AS STRING), ' outside 08:00-22:00') FROM facts
UNION ALL
SELECT 'locks equal messages', locks.locks = facts.messages, CONCAT(CAST(locks.locks AS STRING), ' locks for ', CAST(facts.messages AS STRING), ' messages') FROM locks CROSS JOIN facts;
