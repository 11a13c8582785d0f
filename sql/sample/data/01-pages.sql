-- 38 pages of five account sizes: 6 MICRO, 10 SMALL, 14 MEDIUM, 6 LARGE and 2 MEGA send 150 messages a day between them.
-- parameters: @seed INT64, @now TIMESTAMP
INSERT INTO `${dataset}.active_creators` (page_name, is_active, fan_count, messages_per_day, revenue_target_90d, joined_on)
WITH numbered AS (
  SELECT n, CAST(CONCAT('0x', SUBSTR(TO_HEX(MD5(CONCAT('page:', CAST(@seed AS STRING), ':', CAST(n AS STRING)))), 1, 15)) AS INT64) AS h
  FROM UNNEST(GENERATE_ARRAY(1, 38)) AS n
), sized AS (
  SELECT
    n,
    0.75 + 0.5 * (h & 65535) / 65536 AS spread,
    CASE WHEN n <= 6 THEN 2 WHEN n <= 16 THEN 3 WHEN n <= 30 THEN 4 WHEN n <= 36 THEN 6 ELSE 8 END AS messages_per_day,
    CASE WHEN n <= 6 THEN 3000.0 WHEN n <= 16 THEN 14000.0 WHEN n <= 30 THEN 55000.0 WHEN n <= 36 THEN 240000.0 ELSE 760000.0 END AS revenue_90d
  FROM numbered
)
SELECT
  CONCAT('page_', LPAD(CAST(n AS STRING), 2, '0')),
  TRUE,
  -- About one cent of revenue for each recipient of a paid message.
  CAST(ROUND(100 * revenue_90d * spread / (90 * CASE messages_per_day WHEN 2 THEN 1 WHEN 3 THEN 2 WHEN 4 THEN 2 WHEN 6 THEN 4 ELSE 5 END)) AS INT64),
  messages_per_day,
  revenue_90d * spread,
  DATE_SUB(DATE(@now, '${timezone}'), INTERVAL 500 + n DAY)
FROM sized;

INSERT INTO `${dataset}.creator_content_inventory` (page_name, categories, inventory_score, audited_on)
SELECT
  CONCAT('page_', LPAD(CAST(n AS STRING), 2, '0')),
  ['Tease', 'Photo set', 'Video'],
  50.0 + n,
  DATE_SUB(DATE(@now, '${timezone}'), INTERVAL 14 DAY)
FROM UNNEST(GENERATE_ARRAY(1, 36)) AS n;

INSERT INTO `${dataset}.etl_job_runs` (run_id, started_at, finished_at, messages_found, rows_loaded, status)
SELECT
  CONCAT('etl_', CAST(n AS STRING)),
  TIMESTAMP_SUB(@now, INTERVAL n DAY),
  TIMESTAMP_ADD(TIMESTAMP_SUB(@now, INTERVAL n DAY), INTERVAL 4 MINUTE),
  150,
  150,
  'SUCCESS'
FROM UNNEST(GENERATE_ARRAY(1, 7)) AS n;

INSERT INTO `${dataset}.feature_flags` (flag, is_enabled, updated_at, updated_by)
VALUES ('caption_restrictions_enabled', TRUE, @now, 'sample');
