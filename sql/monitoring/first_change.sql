-- When the restore point of a run had been proven, and when its first job changed production, both by the warehouse's own clock.
-- The proof is the last job of step 2A.0, or of step 5.1 where the restore point was taken anew, that read the scratch dataset; a change is
-- any job of step 5.1 that is no read and does not write to a backup or to scratch.
-- parameters: @run STRING, @scratch STRING, @backup STRING, @since TIMESTAMP
WITH jobs AS (
  SELECT
    job.creation_time,
    job.end_time,
    job.query,
    IFNULL(job.statement_type, 'SELECT') NOT IN ('SELECT', 'SCRIPT', 'ASSERT', 'CALL') AS is_change,
    (SELECT label.value FROM UNNEST(job.labels) AS label WHERE label.key = 'eros_step') AS step
  FROM `${region}`.INFORMATION_SCHEMA.JOBS AS job
  WHERE job.creation_time >= @since
    AND job.job_type = 'QUERY'
    AND job.parent_job_id IS NULL
    AND EXISTS (SELECT 1 FROM UNNEST(job.labels) AS label WHERE label.key = 'eros_run' AND label.value = @run)
)
SELECT
  MAX(IF(step IN ('2a-0', '5-1') AND STRPOS(query, @scratch) > 0, end_time, NULL)) AS proven_at,
  MIN(
    IF(
      step = '5-1' AND is_change AND STRPOS(query, '${dataset}.') > 0 AND STRPOS(query, @backup) = 0 AND STRPOS(query, @scratch) = 0,
      creation_time,
      NULL
    )
  ) AS first_change_at
FROM jobs;
