-- Who asked the dataset in the last 30 days, and for which objects: the people and services that a deployment reaches.
-- Our own runs are left out. Only names that a statement spells count; what a procedure calls inside is its own job.
-- parameters: @names ARRAY<STRING>
WITH asked AS (
  SELECT job.user_email, job.creation_time, job.query
  FROM `${region}`.INFORMATION_SCHEMA.JOBS AS job
  WHERE job.creation_time >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 30 DAY)
    AND job.job_type = 'QUERY'
    AND job.parent_job_id IS NULL
    AND NOT EXISTS (SELECT 1 FROM UNNEST(job.labels) AS label WHERE label.key = 'eros_run')
    AND STRPOS(job.query, '${dataset_name}.') > 0
)
SELECT
  asked.user_email,
  object,
  COUNT(*) AS jobs,
  MAX(asked.creation_time) AS last_at
FROM asked
CROSS JOIN UNNEST(@names) AS object
WHERE REGEXP_CONTAINS(asked.query, CONCAT(r'\b', object, r'\b'))
GROUP BY asked.user_email, object
ORDER BY jobs DESC, asked.user_email, object;
