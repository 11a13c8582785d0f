-- Gate test #4, read back: the newest export of the fixture page is logged as a success. One row a check.
WITH newest AS (
  SELECT status, message_count, export_format
  FROM `${dataset}.schedule_export_log`
  WHERE page_name = 'test_creator'
  ORDER BY export_timestamp DESC
  LIMIT 1
)
SELECT 'export logged' AS check_name, COUNT(*) = 1 AS passed, CONCAT(CAST(COUNT(*) AS STRING), ' row') AS evidence FROM newest
UNION ALL
SELECT 'export succeeded', COUNTIF(status = 'SUCCESS' AND message_count > 0) = 1, IFNULL(MAX(CONCAT(status, ', ', CAST(message_count AS STRING), ' messages, ', export_format)), 'none') FROM newest;
