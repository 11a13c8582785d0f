-- What the job history still says about moments nobody looked: cost since the deployment, and jobs of the 24 hours before, at each of them.
-- Health can't be had afterwards. Same jobs as in cost.sql and measure_health.
-- parameters: @moments ARRAY<TIMESTAMP>, @since TIMESTAMP, @price_per_tib_micros INT64
WITH history AS (
  SELECT
    job.job_id,
    job.parent_job_id,
    job.creation_time,
    job.end_time,
    IFNULL(job.statement_type, 'SELECT') IN ('SCRIPT', 'CALL') AS is_parent,
    IFNULL(job.total_bytes_billed, 0) AS billed_bytes,
    job.error_result IS NOT NULL AND job.error_result.reason IS NOT NULL AS is_failed,
    EXISTS (SELECT 1 FROM UNNEST(job.referenced_tables) AS used WHERE used.dataset_id = '${dataset_name}') AS is_read
  FROM `${region}`.INFORMATION_SCHEMA.JOBS AS job
  WHERE job.creation_time >= TIMESTAMP_SUB(@since, INTERVAL 24 HOUR)
    AND job.job_type = 'QUERY'
    AND job.state = 'DONE'
    AND (
      EXISTS (SELECT 1 FROM UNNEST(job.referenced_tables) AS used WHERE used.dataset_id = '${dataset_name}')
      OR REGEXP_CONTAINS(job.query, r'\b${dataset_name}\b')
    )
),
jobs AS (
  SELECT creation_time, end_time, IF(is_parent, 0, billed_bytes) AS billed_bytes, is_failed, is_read
  FROM history
  WHERE NOT is_parent
    OR is_failed AND NOT EXISTS (SELECT 1 FROM history AS child WHERE child.parent_job_id = history.job_id AND child.is_failed)
)
SELECT
  moment AS at_time,
  CAST(ROUND(SUM(IF(jobs.is_read AND jobs.creation_time >= @since AND jobs.creation_time <= moment, jobs.billed_bytes, 0)) / 1099511627776 * @price_per_tib_micros) AS INT64) AS since_deploy_micros,
  COUNTIF(jobs.end_time <= moment AND jobs.creation_time >= TIMESTAMP_SUB(moment, INTERVAL 24 HOUR)) AS jobs_finished,
  COUNTIF(jobs.is_failed AND jobs.end_time <= moment AND jobs.creation_time >= TIMESTAMP_SUB(moment, INTERVAL 24 HOUR)) AS jobs_failed
FROM UNNEST(@moments) AS moment
LEFT JOIN jobs ON jobs.creation_time <= moment
GROUP BY moment
ORDER BY moment;
