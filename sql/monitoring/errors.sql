-- Failed query jobs of the dataset by hour and message, newest first. Parents of scripts and calls are left out when a child failed.
-- More than 5 errors in an hour are a warning, more than 20 critical.
-- parameters: @days INT64
WITH jobs AS (
  SELECT
    TIMESTAMP_TRUNC(job.creation_time, HOUR) AS hour_started,
    IFNULL(job.error_result.reason, 'unknown') AS reason,
    IFNULL(job.error_result.message, 'no message') AS message,
    job.job_id,
    job.parent_job_id,
    IFNULL(job.statement_type, 'SELECT') IN ('SCRIPT', 'CALL') AS is_parent,
    job.creation_time
  FROM `${region}`.INFORMATION_SCHEMA.JOBS AS job
  WHERE job.creation_time >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL @days DAY)
    AND job.job_type = 'QUERY'
    AND job.state = 'DONE'
    AND job.error_result.reason IS NOT NULL
    AND (
      EXISTS (SELECT 1 FROM UNNEST(job.referenced_tables) AS used WHERE used.dataset_id = '${dataset_name}')
      OR REGEXP_CONTAINS(job.query, r'\b${dataset_name}\b')
    )
),
failed AS (
  SELECT hour_started, reason, message, job_id, creation_time
  FROM jobs
  WHERE NOT is_parent OR NOT EXISTS (SELECT 1 FROM jobs AS child WHERE child.parent_job_id = jobs.job_id)
),
grouped AS (
  SELECT
    hour_started,
    reason,
    message,
    COUNT(*) AS errors,
    ARRAY_AGG(job_id ORDER BY creation_time DESC, job_id LIMIT 1)[OFFSET(0)] AS newest_job
  FROM failed
  GROUP BY hour_started, reason, message
)
SELECT
  FORMAT_TIMESTAMP('%Y-%m-%d %H:00', hour_started, '${timezone}') AS hour_in_business_time,
  reason,
  message,
  errors,
  SUM(errors) OVER (PARTITION BY hour_started) AS errors_in_hour,
  CASE
    WHEN SUM(errors) OVER (PARTITION BY hour_started) > 20 THEN 'CRITICAL'
    WHEN SUM(errors) OVER (PARTITION BY hour_started) > 5 THEN 'WARNING'
    ELSE 'INFO'
  END AS level,
  newest_job
FROM grouped
ORDER BY hour_started DESC, errors DESC, message;
