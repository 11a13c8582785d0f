-- Gate test #5: the warehouse tells business time at both edges of daylight saving time, and stores it. One row a check.
WITH vectors AS (
  SELECT v
  FROM UNNEST([
    STRUCT(TIMESTAMP '2025-11-02 08:30:00+00' AS instant, DATETIME '2025-11-02 01:30:00' AS civil),
    STRUCT(TIMESTAMP '2025-11-02 09:30:00+00', DATETIME '2025-11-02 01:30:00'),
    STRUCT(TIMESTAMP '2025-11-03 07:59:59+00', DATETIME '2025-11-02 23:59:59'),
    STRUCT(TIMESTAMP '2025-11-03 10:00:00+00', DATETIME '2025-11-03 02:00:00'),
    STRUCT(TIMESTAMP '2026-03-08 09:59:00+00', DATETIME '2026-03-08 01:59:00'),
    STRUCT(TIMESTAMP '2026-03-08 10:00:00+00', DATETIME '2026-03-08 03:00:00'),
    STRUCT(TIMESTAMP '2026-07-01 09:07:00+00', DATETIME '2026-07-01 02:07:00')
  ]) AS v
), vector_facts AS (
  SELECT
    COUNT(*) AS vectors,
    COUNTIF(DATETIME(v.instant, '${timezone}') = v.civil AND FORMAT_TIMESTAMP('%F %T', v.instant, '${timezone}') = FORMAT_DATETIME('%F %T', v.civil)) AS equal_vectors
  FROM vectors
), locks AS (
  SELECT COUNT(*) AS locks, COUNTIF(assigned_date != DATE(assigned_at, '${timezone}')) AS other_dates
  FROM `${dataset}.active_caption_assignments`
  WHERE page_name = 'test_creator' AND assigned_at IS NOT NULL AND schedule_id IS NOT NULL
), messages AS (
  SELECT COUNT(*) AS messages, COUNTIF(scheduled_send_time != DATETIME(scheduled_send_at, '${timezone}')) AS other_times
  FROM `${dataset}.schedule_recommendations_with_messages`
  WHERE page_name = 'test_creator' AND scheduled_send_at IS NOT NULL
)
SELECT 'vectors' AS check_name, vectors = equal_vectors AS passed, CONCAT(CAST(equal_vectors AS STRING), ' of ', CAST(vectors AS STRING), ' instants as TIMESTAMP and DATETIME') AS evidence FROM vector_facts
UNION ALL
SELECT 'ambiguous hour, first', `${dataset}.la_hour`(TIMESTAMP '2025-11-02 08:30:00+00') = 1, CAST(`${dataset}.la_hour`(TIMESTAMP '2025-11-02 08:30:00+00') AS STRING)
UNION ALL
SELECT 'ambiguous hour, second', `${dataset}.la_hour`(TIMESTAMP '2025-11-02 09:30:00+00') = 1, CAST(`${dataset}.la_hour`(TIMESTAMP '2025-11-02 09:30:00+00') AS STRING)
UNION ALL
SELECT 'last second of Sunday', `${dataset}.la_date`(TIMESTAMP '2025-11-03 07:59:59+00') = DATE '2025-11-02' AND `${dataset}.la_dayofweek`(TIMESTAMP '2025-11-03 07:59:59+00') = 1, CAST(`${dataset}.la_date`(TIMESTAMP '2025-11-03 07:59:59+00') AS STRING)
UNION ALL
SELECT 'spring gap', `${dataset}.la_hour`(TIMESTAMP '2026-03-08 09:59:00+00') = 1 AND `${dataset}.la_hour`(TIMESTAMP '2026-03-08 10:00:00+00') = 3, CONCAT(CAST(`${dataset}.la_hour`(TIMESTAMP '2026-03-08 09:59:00+00') AS STRING), ' then ', CAST(`${dataset}.la_hour`(TIMESTAMP '2026-03-08 10:00:00+00') AS STRING))
UNION ALL
SELECT 'daily query in summer', `${dataset}.la_hour`(TIMESTAMP '2026-07-01 09:07:00+00') = 2, CAST(`${dataset}.la_hour`(TIMESTAMP '2026-07-01 09:07:00+00') AS STRING)
UNION ALL
SELECT 'daily query in winter', `${dataset}.la_hour`(TIMESTAMP '2025-12-01 10:07:00+00') = 2, CAST(`${dataset}.la_hour`(TIMESTAMP '2025-12-01 10:07:00+00') AS STRING)
UNION ALL
SELECT 'dates in the tables', locks.locks > 0 AND locks.other_dates = 0, CONCAT(CAST(locks.other_dates AS STRING), ' of ', CAST(locks.locks AS STRING), ' locks with another date than in business time') FROM locks
UNION ALL
SELECT 'times in the tables', messages.messages > 0 AND messages.other_times = 0, CONCAT(CAST(messages.other_times AS STRING), ' of ', CAST(messages.messages AS STRING), ' messages at another time than in business time') FROM messages;
