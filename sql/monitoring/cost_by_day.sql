-- Cost of the dataset's queries by day in business time, newest first. Job history reaches back 180 days.
-- parameters: @days INT64, @price_per_tib_micros INT64
SELECT
  DATE(job.creation_time, '${timezone}') AS day,
  CAST(ROUND(SUM(IFNULL(job.total_bytes_billed, 0)) / 1099511627776 * @price_per_tib_micros) AS INT64) AS micros,
  SUM(IFNULL(job.total_bytes_billed, 0)) AS billed_bytes,
  COUNT(*) AS jobs
FROM `${region}`.INFORMATION_SCHEMA.JOBS AS job
WHERE job.creation_time >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL @days DAY)
  AND job.job_type = 'QUERY'
  AND job.state = 'DONE'
  AND IFNULL(job.statement_type, 'SELECT') NOT IN ('SCRIPT', 'CALL')
  AND EXISTS (SELECT 1 FROM UNNEST(job.referenced_tables) AS used WHERE used.dataset_id = '${dataset_name}')
GROUP BY day
ORDER BY day DESC;
