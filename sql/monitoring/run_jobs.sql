-- The jobs of one step of a run: how many, how many of them failed and were not made good by a repetition, how many destroy.
-- A repetition carries the same name but for its number, so that a passing failure is told from one that stayed. An empty step means all.
-- parameters: @run STRING, @step STRING, @since TIMESTAMP
WITH jobs AS (
  SELECT
    REGEXP_REPLACE(job.job_id, r'_a\d+$', '') AS work,
    job.parent_job_id IS NULL AS is_ours,
    job.error_result IS NOT NULL AND job.error_result.reason IS NOT NULL AS is_failed,
    STARTS_WITH(IFNULL(job.statement_type, ''), 'DROP_') OR IFNULL(job.statement_type, '') = 'TRUNCATE_TABLE' AS is_destructive,
    IFNULL(job.error_result.message, '') AS message
  FROM `${region}`.INFORMATION_SCHEMA.JOBS AS job
  WHERE job.creation_time >= @since
    AND job.job_type = 'QUERY'
    AND job.state = 'DONE'
    AND EXISTS (SELECT 1 FROM UNNEST(job.labels) AS label WHERE label.key = 'eros_run' AND label.value = @run)
    AND (@step = '' OR EXISTS (SELECT 1 FROM UNNEST(job.labels) AS label WHERE label.key = 'eros_step' AND label.value = @step))
), works AS (
  SELECT work, LOGICAL_AND(is_failed) AS is_failed, COUNTIF(is_failed) AS failures, MAX(message) AS message
  FROM jobs
  WHERE is_ours
  GROUP BY work
)
SELECT
  (SELECT COUNTIF(is_ours) FROM jobs) AS jobs,
  (SELECT COUNTIF(is_failed) FROM works) AS failed,
  (SELECT IFNULL(SUM(IF(is_failed, 0, failures)), 0) FROM works) AS made_good,
  (SELECT COUNTIF(is_destructive) FROM jobs) AS destructive,
  (SELECT IFNULL(MAX(IF(is_failed, message, NULL)), '') FROM works) AS first_error;
