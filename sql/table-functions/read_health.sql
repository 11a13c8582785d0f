-- One health sample of the dataset: five components, their points and what they were read from. The health query and
-- run_health_check both read this, so there is one definition. One row always; no jobs count as healthy and say so.
CREATE OR REPLACE TABLE FUNCTION `${dataset}.read_health`()
AS
WITH jobs AS (
  SELECT
    job.creation_time,
    job.error_result IS NOT NULL AS is_failed,
    job.error_result.message AS message,
    TIMESTAMP_DIFF(job.end_time, job.start_time, MILLISECOND) AS duration_ms
  FROM `${region}`.INFORMATION_SCHEMA.JOBS AS job
  WHERE job.creation_time >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 24 HOUR)
    AND job.job_type = 'QUERY'
    AND job.state = 'DONE'
    -- Parents of scripts and calls would count their children twice.
    AND IFNULL(job.statement_type, 'SELECT') NOT IN ('SCRIPT', 'CALL')
    AND STRPOS(IFNULL(job.query, ''), '.${dataset_name}.') > 0
), job_facts AS (
  SELECT
    COUNT(*) AS jobs_finished,
    COUNTIF(is_failed) AS jobs_failed,
    COUNTIF(creation_time >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 1 HOUR)) AS jobs_last_hour,
    APPROX_QUANTILES(duration_ms, 100)[OFFSET(50)] AS p50_day_ms,
    APPROX_QUANTILES(duration_ms, 100)[OFFSET(95)] AS p95_day_ms
  FROM jobs
), hour_facts AS (
  SELECT APPROX_QUANTILES(duration_ms, 100)[OFFSET(50)] AS p50_hour_ms, APPROX_QUANTILES(duration_ms, 100)[OFFSET(95)] AS p95_hour_ms
  FROM jobs
  WHERE creation_time >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 1 HOUR)
), errors AS (
  SELECT message, COUNT(*) AS failures
  FROM jobs
  WHERE is_failed
  GROUP BY message
  ORDER BY failures DESC, message
  LIMIT 5
), ages AS (
  SELECT
    (SELECT TIMESTAMP_DIFF(CURRENT_TIMESTAMP(), MAX(s.last_updated), MINUTE) / 60 FROM `${dataset}.caption_bandit_stats` AS s) AS stats_hours,
    (SELECT TIMESTAMP_DIFF(CURRENT_TIMESTAMP(), MAX(l.sweep_time), MINUTE) / 60 FROM `${dataset}.lock_sweep_log` AS l) AS sweep_hours,
    (
      SELECT TIMESTAMP_DIFF(CURRENT_TIMESTAMP(), MAX(r.job_end_time), MINUTE) / 60
      FROM `${dataset}.automation_job_runs` AS r
      WHERE r.job_name = 'run_daily_automation' AND r.job_status IN ('SUCCESS', 'COMPLETED_WITH_ERRORS', 'COMPLETED_NO_WORK')
    ) AS automation_hours
), active AS (
  SELECT caption_id, scheduled_send_date
  FROM `${dataset}.active_caption_assignments`
  WHERE is_active
), spaced AS (
  SELECT DATE_DIFF(scheduled_send_date, LAG(scheduled_send_date) OVER (PARTITION BY caption_id ORDER BY scheduled_send_date), DAY) AS days_apart
  FROM active
), last_check AS (
  SELECT SAFE_CAST(JSON_VALUE(h.components, '$.mass_messages_rows') AS INT64) AS mass_messages_rows
  FROM `${dataset}.health_checks` AS h
  WHERE h.components IS NOT NULL
  ORDER BY h.check_time DESC
  LIMIT 1
), integrity AS (
  SELECT
    (SELECT COUNT(*) FROM (SELECT 1 AS arm FROM `${dataset}.caption_bandit_stats` GROUP BY caption_id, page_name HAVING COUNT(*) > 1)) AS duplicate_arms,
    (SELECT COUNTIF(IFNULL(s.successes, -1) < 0 OR IFNULL(s.failures, -1) < 0) FROM `${dataset}.caption_bandit_stats` AS s) AS negative_counts,
    (SELECT COUNTIF(s.confidence_lower_bound < 0 OR s.confidence_upper_bound > 1 OR s.confidence_lower_bound > s.confidence_upper_bound) FROM `${dataset}.caption_bandit_stats` AS s) AS odd_bounds,
    (SELECT COUNTIF(days_apart <= 7) FROM spaced) AS double_locks,
    (SELECT COUNT(*) FROM active AS a WHERE NOT EXISTS (SELECT 1 FROM `${dataset}.caption_bank` AS b WHERE b.caption_id = a.caption_id)) AS orphan_locks,
    (SELECT COUNTIF(r.schedule_json IS NOT NULL AND JSON_QUERY(r.schedule_json, '$.messages') IS NULL) FROM `${dataset}.schedule_recommendations` AS r) AS unreadable_schedules,
    (SELECT COUNT(*) FROM `${dataset}.mass_messages`) AS mass_messages_rows,
    (SELECT MAX(mass_messages_rows) FROM last_check) AS mass_messages_rows_before
), capacity AS (
  SELECT
    (SELECT COUNT(*) FROM `${dataset}.available_captions`) AS available_captions,
    (SELECT COUNTIF(scheduled_send_date < CURRENT_DATE('${timezone}')) FROM active) AS expired_locks
), activity AS (
  SELECT
    (SELECT COUNT(*) FROM `${dataset}.schedule_recommendations` AS r WHERE r.created_at >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 24 HOUR)) AS schedules_created,
    (SELECT COUNTIF(e.status = 'SUCCESS') FROM `${dataset}.schedule_export_log` AS e WHERE e.export_timestamp >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 24 HOUR)) AS exports_succeeded,
    (SELECT COUNTIF(e.status = 'FAILED') FROM `${dataset}.schedule_export_log` AS e WHERE e.export_timestamp >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 24 HOUR)) AS exports_failed
), judged AS (
  SELECT
    j.jobs_finished,
    j.jobs_failed,
    IF(j.jobs_last_hour > 0, h.p50_hour_ms, j.p50_day_ms) AS p50_ms,
    IF(j.jobs_last_hour > 0, h.p95_hour_ms, j.p95_day_ms) AS p95_ms,
    SAFE_DIVIDE(j.jobs_failed, j.jobs_finished) AS error_rate,
    a.stats_hours,
    a.sweep_hours,
    a.automation_hours,
    i.mass_messages_rows,
    i.duplicate_arms + i.negative_counts + i.odd_bounds + i.double_locks + i.orphan_locks AS integrity_faults,
    i.unreadable_schedules + IF(i.mass_messages_rows < IFNULL(i.mass_messages_rows_before, 0), 1, 0) AS corruptions,
    c.available_captions,
    c.expired_locks,
    y.schedules_created,
    y.exports_succeeded,
    y.exports_failed
  FROM job_facts AS j
  CROSS JOIN hour_facts AS h
  CROSS JOIN ages AS a
  CROSS JOIN integrity AS i
  CROSS JOIN capacity AS c
  CROSS JOIN activity AS y
), scored AS (
  SELECT
    *,
    CASE WHEN error_rate IS NULL OR error_rate <= 0.01 THEN 30.0 WHEN error_rate >= 0.1 THEN 0.0 ELSE 30.0 * (1.0 - (error_rate - 0.01) / 0.09) END AS error_points,
    CASE WHEN p95_ms IS NULL OR p95_ms <= 10000 THEN 20.0 WHEN p95_ms >= 60000 THEN 0.0 ELSE 20.0 * (1.0 - (p95_ms - 10000) / 50000) END AS latency_points,
    (
      CASE WHEN stats_hours <= 28 THEN 1.0 WHEN stats_hours <= 48 THEN 0.5 ELSE 0.0 END
      + CASE WHEN sweep_hours <= 7 THEN 1.0 WHEN sweep_hours <= 24 THEN 0.5 ELSE 0.0 END
      + CASE WHEN automation_hours <= 28 THEN 1.0 WHEN automation_hours <= 48 THEN 0.5 ELSE 0.0 END
    ) * 20.0 / 3.0 AS freshness_points,
    IF(integrity_faults + corruptions = 0, 20.0, 0.0) AS integrity_points,
    CASE WHEN available_captions >= 500 THEN 5.0 WHEN available_captions < 200 THEN 0.0 ELSE 2.5 END
      + CASE WHEN expired_locks <= 10 THEN 5.0 WHEN expired_locks > 100 THEN 0.0 ELSE 2.5 END AS capacity_points
  FROM judged
)
SELECT
  -- Rounded half up, at the end only.
  CAST(FLOOR(error_points + latency_points + freshness_points + integrity_points + capacity_points + 0.5) AS INT64) AS score,
  TO_JSON_STRING([
    STRUCT('errors' AS name, 30 AS weight, error_points AS points, IF(jobs_finished = 0, 'no_data: no job in 24 h', CONCAT(FORMAT('%.1f', 100 * error_rate), '% of ', CAST(jobs_finished AS STRING), ' jobs')) AS detail),
    STRUCT('latency', 20, latency_points, IF(p95_ms IS NULL, 'no_data: no job in 24 h', CONCAT('p95 ', FORMAT('%.1f', p95_ms / 1000), ' s'))),
    STRUCT('freshness', 20, freshness_points, CONCAT('stats ', IFNULL(CONCAT(FORMAT('%.0f', stats_hours), 'h'), 'never'), ', sweep ', IFNULL(CONCAT(FORMAT('%.0f', sweep_hours), 'h'), 'never'), ', daily ', IFNULL(CONCAT(FORMAT('%.0f', automation_hours), 'h'), 'never'))),
    STRUCT('integrity', 20, integrity_points, CONCAT(CAST(integrity_faults + corruptions AS STRING), ' violations')),
    STRUCT('capacity', 10, capacity_points, CONCAT('captions ', CAST(available_captions AS STRING), ', expired locks ', CAST(expired_locks AS STRING)))
  ]) AS components,
  jobs_finished,
  jobs_failed,
  p50_ms,
  p95_ms,
  integrity_faults + corruptions AS integrity_violations,
  corruptions,
  available_captions,
  expired_locks,
  mass_messages_rows,
  schedules_created,
  exports_succeeded,
  exports_failed,
  (SELECT TO_JSON_STRING(IFNULL(ARRAY_AGG(STRUCT(e.message, e.failures AS count) ORDER BY e.failures DESC, e.message), [])) FROM errors AS e) AS top_errors
FROM scored;
