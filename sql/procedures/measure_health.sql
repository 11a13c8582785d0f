-- Takes one health sample and changes nothing: five weighted components, their sum, what violates integrity, and counts to show, as JSON text.
-- A component whose query fails gives 0 points and the status DEGRADED: points are set when its queries are through. Rounded half up, once, at the end.
CREATE OR REPLACE PROCEDURE `${dataset}.measure_health`(OUT p_health STRING)
BEGIN
  DECLARE v_now TIMESTAMP DEFAULT CURRENT_TIMESTAMP();
  DECLARE v_today DATE DEFAULT CURRENT_DATE('${timezone}');
  DECLARE v_problems ARRAY<STRING> DEFAULT [];
  DECLARE v_error_points FLOAT64 DEFAULT 0.0;
  DECLARE v_latency_points FLOAT64 DEFAULT 0.0;
  DECLARE v_freshness_points FLOAT64 DEFAULT 0.0;
  DECLARE v_integrity_points FLOAT64 DEFAULT 0.0;
  DECLARE v_capacity_points FLOAT64 DEFAULT 0.0;
  DECLARE v_error_detail STRING DEFAULT 'the query failed';
  DECLARE v_latency_detail STRING DEFAULT 'the query failed';
  DECLARE v_freshness_detail STRING DEFAULT 'the query failed';
  DECLARE v_integrity_detail STRING DEFAULT 'the query failed';
  DECLARE v_capacity_detail STRING DEFAULT 'the query failed';
  DECLARE v_jobs INT64;
  DECLARE v_failed INT64;
  DECLARE v_error_rate FLOAT64;
  DECLARE v_recent_jobs INT64;
  DECLARE v_recent_failed INT64;
  DECLARE v_newest_jobs INT64;
  DECLARE v_newest_failed INT64;
  DECLARE v_p50_ms INT64;
  DECLARE v_p95_ms INT64;
  DECLARE v_max_ms INT64;
  DECLARE v_billed_bytes INT64;
  DECLARE v_top_errors STRING DEFAULT '[]';
  DECLARE v_stats_at TIMESTAMP;
  DECLARE v_sweep_at TIMESTAMP;
  DECLARE v_automation_at TIMESTAMP;
  DECLARE v_stats_hours FLOAT64;
  DECLARE v_sweep_hours FLOAT64;
  DECLARE v_automation_hours FLOAT64;
  DECLARE v_duplicate_arms INT64;
  DECLARE v_bad_arms INT64;
  DECLARE v_close_locks INT64;
  DECLARE v_orphan_locks INT64;
  DECLARE v_bad_schedules INT64;
  DECLARE v_message_rows INT64;
  DECLARE v_former_message_rows INT64;
  DECLARE v_lost_rows INT64;
  DECLARE v_violations INT64;
  DECLARE v_available INT64;
  DECLARE v_tiers JSON;
  DECLARE v_rows JSON;
  DECLARE v_emv FLOAT64;
  DECLARE v_former_emv FLOAT64;
  DECLARE v_active_locks INT64;
  DECLARE v_expired_locks INT64;
  DECLARE v_schedules INT64;
  DECLARE v_exports_ok INT64;
  DECLARE v_exports_failed INT64;

  -- Errors: failed among finished query jobs of this dataset in 24 hours. Parents of scripts and calls would count their children twice,
  -- except one that failed of itself, as by RAISE: no child says so.
  BEGIN
    CREATE OR REPLACE TEMP TABLE mh_jobs AS
    WITH jobs AS (
      SELECT
        history.job_id,
        history.parent_job_id,
        history.creation_time,
        IFNULL(history.statement_type, 'SELECT') IN ('SCRIPT', 'CALL') AS is_parent,
        history.error_result.message AS error_message,
        history.error_result IS NOT NULL AND history.error_result.reason IS NOT NULL AS is_failed,
        TIMESTAMP_DIFF(history.end_time, history.start_time, MILLISECOND) AS duration_ms,
        IFNULL(history.total_bytes_billed, 0) AS billed_bytes
      FROM `${region}`.INFORMATION_SCHEMA.JOBS AS history
      WHERE history.creation_time >= TIMESTAMP_SUB(v_now, INTERVAL 24 HOUR)
        AND history.creation_time <= v_now
        AND history.job_type = 'QUERY'
        AND history.state = 'DONE'
        AND (
          EXISTS (SELECT 1 FROM UNNEST(history.referenced_tables) AS used WHERE used.dataset_id = '${dataset_name}')
          OR REGEXP_CONTAINS(history.query, r'\b${dataset_name}\b')
        )
    )
    SELECT creation_time, is_parent, error_message, is_failed, duration_ms, IF(is_parent, 0, billed_bytes) AS billed_bytes
    FROM jobs
    WHERE NOT is_parent
      OR is_failed AND NOT EXISTS (SELECT 1 FROM jobs AS child WHERE child.parent_job_id = jobs.job_id AND child.is_failed);

    SET (v_jobs, v_failed, v_billed_bytes, v_recent_jobs, v_recent_failed, v_newest_jobs, v_newest_failed) = (
      SELECT AS STRUCT
        COUNT(*),
        COUNTIF(is_failed),
        IFNULL(SUM(billed_bytes), 0),
        COUNTIF(NOT is_parent AND creation_time >= TIMESTAMP_SUB(v_now, INTERVAL 1 HOUR)),
        COUNTIF(is_failed AND creation_time >= TIMESTAMP_SUB(v_now, INTERVAL 1 HOUR)),
        COUNTIF(creation_time >= TIMESTAMP_SUB(v_now, INTERVAL 15 MINUTE)),
        COUNTIF(is_failed AND creation_time >= TIMESTAMP_SUB(v_now, INTERVAL 15 MINUTE))
      FROM mh_jobs
    );
    SET v_error_rate = SAFE_DIVIDE(v_failed, v_jobs);
    SET v_top_errors = IFNULL((
      SELECT TO_JSON_STRING(ARRAY_AGG(STRUCT(message, occurrences AS count) ORDER BY occurrences DESC, message LIMIT 5))
      FROM (
        SELECT IFNULL(error_message, 'no message') AS message, COUNT(*) AS occurrences
        FROM mh_jobs
        WHERE is_failed
        GROUP BY message
      )
    ), '[]');
    SET v_error_points = 30 * GREATEST(0.0, LEAST(1.0, 1 - (IFNULL(v_error_rate, 0.0) - 0.01) / 0.09));
    SET v_error_detail = IF(
      v_jobs = 0,
      'no_data',
      CONCAT(FORMAT('%.1f', 100 * v_error_rate), '% of ', CAST(v_jobs AS STRING), ' jobs')
    );
  EXCEPTION WHEN ERROR THEN
    SET v_problems = ARRAY_CONCAT(v_problems, [CONCAT('errors: ', @@error.message)]);
  END;

  -- Latency: 95th percentile of the last hour, or of 24 hours when the hour had none.
  BEGIN
    SET (v_p50_ms, v_p95_ms, v_max_ms) = (
      SELECT AS STRUCT APPROX_QUANTILES(duration_ms, 100)[SAFE_OFFSET(50)], APPROX_QUANTILES(duration_ms, 100)[SAFE_OFFSET(95)], MAX(duration_ms)
      FROM mh_jobs
      WHERE NOT is_parent AND (v_recent_jobs = 0 OR creation_time >= TIMESTAMP_SUB(v_now, INTERVAL 1 HOUR))
    );
    SET v_latency_points = 20 * GREATEST(0.0, LEAST(1.0, 1 - (IFNULL(v_p95_ms, 0) - 10000) / 50000));
    SET v_latency_detail = IF(v_p95_ms IS NULL, 'no_data', CONCAT('p95 ', CAST(v_p95_ms AS STRING), ' ms'));
  EXCEPTION WHEN ERROR THEN
    SET v_problems = ARRAY_CONCAT(v_problems, [CONCAT('latency: ', @@error.message)]);
  END;

  -- Freshness: what never ran is as old as the table that would say so. Each of three is a third, half of it between the limits.
  BEGIN
    SET v_stats_at = (SELECT MAX(last_updated) FROM `${dataset}.caption_bandit_stats`);
    SET v_sweep_at = (SELECT MAX(sweep_time) FROM `${dataset}.lock_sweep_log`);
    SET v_automation_at = (
      SELECT MAX(IFNULL(job_end_time, job_start_time))
      FROM `${dataset}.automation_job_runs`
      WHERE job_name = 'run_daily_automation' AND job_status IN ('SUCCESS', 'COMPLETED_NO_WORK')
    );
    SET (v_stats_at, v_sweep_at, v_automation_at) = (
      SELECT AS STRUCT
        IFNULL(v_stats_at, MAX(IF(table_name = 'caption_bandit_stats', creation_time, NULL))),
        IFNULL(v_sweep_at, MAX(IF(table_name = 'lock_sweep_log', creation_time, NULL))),
        IFNULL(v_automation_at, MAX(IF(table_name = 'automation_job_runs', creation_time, NULL)))
      FROM `${dataset}`.INFORMATION_SCHEMA.TABLES
    );
    SET v_stats_hours = TIMESTAMP_DIFF(v_now, v_stats_at, MINUTE) / 60;
    SET v_sweep_hours = TIMESTAMP_DIFF(v_now, v_sweep_at, MINUTE) / 60;
    SET v_automation_hours = TIMESTAMP_DIFF(v_now, v_automation_at, MINUTE) / 60;
    SET v_freshness_points =
      20 * (CASE WHEN v_stats_hours <= 28 THEN 1.0 WHEN v_stats_hours <= 48 THEN 0.5 ELSE 0.0 END) / 3
      + 20 * (CASE WHEN v_sweep_hours <= 7 THEN 1.0 WHEN v_sweep_hours <= 24 THEN 0.5 ELSE 0.0 END) / 3
      + 20 * (CASE WHEN v_automation_hours <= 28 THEN 1.0 WHEN v_automation_hours <= 48 THEN 0.5 ELSE 0.0 END) / 3;
    SET v_freshness_detail = CONCAT(
      'stats ', IFNULL(FORMAT('%.1f h', v_stats_hours), 'never'),
      ', sweep ', IFNULL(FORMAT('%.1f h', v_sweep_hours), 'never'),
      ', automation ', IFNULL(FORMAT('%.1f h', v_automation_hours), 'never')
    );
  EXCEPTION WHEN ERROR THEN
    SET v_problems = ARRAY_CONCAT(v_problems, [CONCAT('freshness: ', @@error.message)]);
  END;

  -- Integrity: one violation costs all 20 points.
  BEGIN
    SET v_duplicate_arms = (
      SELECT COUNT(*)
      FROM (SELECT caption_id, page_name FROM `${dataset}.caption_bandit_stats` GROUP BY caption_id, page_name HAVING COUNT(*) > 1)
    );
    SET v_bad_arms = (
      SELECT COUNTIF(
        successes IS NULL OR failures IS NULL OR successes < 0 OR failures < 0
        OR confidence_lower_bound NOT BETWEEN 0 AND 1 OR confidence_upper_bound NOT BETWEEN 0 AND 1 OR confidence_lower_bound > confidence_upper_bound
      )
      FROM `${dataset}.caption_bandit_stats`
    );
    SET v_close_locks = (
      SELECT COUNTIF(days_since <= 7)
      FROM (
        SELECT DATE_DIFF(used_date, LAG(used_date) OVER (PARTITION BY caption_id ORDER BY used_date), DAY) AS days_since
        FROM (
          SELECT caption_id, IFNULL(scheduled_send_date, assigned_date) AS used_date
          FROM `${dataset}.active_caption_assignments`
          WHERE is_active
        )
      )
    );
    SET v_orphan_locks = (
      SELECT COUNT(*)
      FROM `${dataset}.active_caption_assignments` AS locks
      WHERE locks.is_active
        AND NOT EXISTS (SELECT 1 FROM `${dataset}.caption_bank` AS bank WHERE bank.caption_id = locks.caption_id)
    );
    SET v_bad_schedules = (
      SELECT COUNTIF(schedule_json IS NOT NULL AND IFNULL(JSON_TYPE(schedule_json), '') != 'object')
      FROM `${dataset}.schedule_recommendations`
    );
    SET v_message_rows = (SELECT COUNT(*) FROM `${dataset}.mass_messages`);
    SET v_former_message_rows = (
      -- A check that was degraded may have no count: the last one that has.
      SELECT SAFE_CAST(JSON_VALUE(components, '$.counts.mass_messages') AS INT64)
      FROM `${dataset}.health_checks`
      WHERE SAFE_CAST(JSON_VALUE(components, '$.counts.mass_messages') AS INT64) IS NOT NULL
      ORDER BY check_time DESC
      LIMIT 1
    );
    SET v_lost_rows = GREATEST(0, IFNULL(v_former_message_rows, 0) - v_message_rows);
    SET v_violations = v_duplicate_arms + v_bad_arms + v_close_locks + v_orphan_locks + v_bad_schedules + IF(v_lost_rows > 0, 1, 0);
    SET v_integrity_points = IF(v_violations = 0, 20.0, 0.0);
    SET v_integrity_detail = CONCAT(CAST(v_violations AS STRING), ' violations');
  EXCEPTION WHEN ERROR THEN
    SET v_problems = ARRAY_CONCAT(v_problems, [CONCAT('integrity: ', @@error.message)]);
  END;

  -- Capacity: captions to choose from, and locks that the sweep should have ended.
  BEGIN
    SET (v_available, v_tiers) = (
      SELECT AS STRUCT
        COUNT(*),
        TO_JSON(STRUCT(COUNTIF(tier = 'budget') AS budget, COUNTIF(tier = 'mid') AS mid, COUNTIF(tier = 'premium') AS premium, COUNTIF(tier = 'bump') AS bump))
      FROM `${dataset}.available_captions`
    );
    SET (v_active_locks, v_expired_locks) = (
      -- As the sweep has it: without a send date the day of locking tells, and a week.
      SELECT AS STRUCT COUNT(*), COUNTIF(scheduled_send_date < v_today OR scheduled_send_date IS NULL AND assigned_date < DATE_SUB(v_today, INTERVAL 7 DAY))
      FROM `${dataset}.active_caption_assignments`
      WHERE is_active
    );
    SET v_capacity_points =
      (CASE WHEN v_available >= 500 THEN 5.0 WHEN v_available >= 200 THEN 2.5 ELSE 0.0 END)
      + (CASE WHEN v_expired_locks <= 10 THEN 5.0 WHEN v_expired_locks <= 100 THEN 2.5 ELSE 0.0 END);
    SET v_capacity_detail = CONCAT(CAST(v_available AS STRING), ' captions available, ', CAST(v_expired_locks AS STRING), ' expired locks');
  EXCEPTION WHEN ERROR THEN
    SET v_problems = ARRAY_CONCAT(v_problems, [CONCAT('capacity: ', @@error.message)]);
  END;

  -- Counts to show; they give no points.
  BEGIN
    SET v_schedules = (SELECT COUNT(*) FROM `${dataset}.schedule_recommendations` WHERE created_at >= TIMESTAMP_SUB(v_now, INTERVAL 24 HOUR));
    SET (v_exports_ok, v_exports_failed) = (
      SELECT AS STRUCT COUNTIF(status = 'SUCCESS'), COUNTIF(status = 'FAILED')
      FROM `${dataset}.schedule_export_log`
      WHERE export_timestamp >= TIMESTAMP_SUB(v_now, INTERVAL 24 HOUR)
    );
    SET v_rows = (
      SELECT TO_JSON(STRUCT(
        (SELECT COUNT(*) FROM `${dataset}.caption_bank`) AS caption_bank,
        (SELECT COUNT(*) FROM `${dataset}.caption_bandit_stats`) AS caption_bandit_stats,
        (SELECT COUNT(*) FROM `${dataset}.active_caption_assignments`) AS active_caption_assignments,
        (SELECT COUNT(*) FROM `${dataset}.schedule_recommendations`) AS schedule_recommendations
      ))
    );
    -- The median EMV of the last 7 days beside that of the 7 before.
    SET (v_emv, v_former_emv) = (
      SELECT AS STRUCT
        APPROX_QUANTILES(IF(is_recent, emv, NULL), 100)[SAFE_OFFSET(50)],
        APPROX_QUANTILES(IF(is_recent, NULL, emv), 100)[SAFE_OFFSET(50)]
      FROM (
        SELECT
          sending_time > TIMESTAMP_SUB(v_now, INTERVAL 7 DAY) AS is_recent,
          SAFE_DIVIDE(purchased_count, viewed_count) * earnings AS emv
        FROM `${dataset}.mass_messages`
        WHERE sending_time > TIMESTAMP_SUB(v_now, INTERVAL 14 DAY) AND sending_time <= v_now AND sent_count > 0
      )
    );
  EXCEPTION WHEN ERROR THEN
    SET v_problems = ARRAY_CONCAT(v_problems, [CONCAT('counts: ', @@error.message)]);
  END;

  SET p_health = (
    SELECT TO_JSON_STRING(STRUCT(
      CAST(ROUND(v_error_points + v_latency_points + v_freshness_points + v_integrity_points + v_capacity_points) AS INT64) AS score,
      IF(ARRAY_LENGTH(v_problems) > 0, 'DEGRADED', 'OK') AS status,
      [
        STRUCT('errors' AS name, 30 AS weight, ROUND(v_error_points, 2) AS points, v_error_detail AS detail),
        STRUCT('latency' AS name, 20 AS weight, ROUND(v_latency_points, 2) AS points, v_latency_detail AS detail),
        STRUCT('freshness' AS name, 20 AS weight, ROUND(v_freshness_points, 2) AS points, v_freshness_detail AS detail),
        STRUCT('integrity' AS name, 20 AS weight, ROUND(v_integrity_points, 2) AS points, v_integrity_detail AS detail),
        STRUCT('capacity' AS name, 10 AS weight, ROUND(v_capacity_points, 2) AS points, v_capacity_detail AS detail)
      ] AS components,
      STRUCT(
        v_jobs AS jobs_finished,
        v_failed AS jobs_failed,
        v_recent_failed AS jobs_failed_1h,
        v_newest_jobs AS jobs_finished_15m,
        v_newest_failed AS jobs_failed_15m,
        v_p50_ms AS p50_ms,
        v_p95_ms AS p95_ms,
        v_max_ms AS max_ms,
        ROUND(v_error_rate, 6) AS error_rate,
        v_billed_bytes AS billed_bytes,
        v_violations AS integrity_violations,
        v_duplicate_arms AS duplicate_arms,
        v_bad_arms AS bad_arms,
        v_close_locks AS duplicate_assignments,
        v_orphan_locks AS orphan_locks,
        v_bad_schedules AS bad_schedules,
        v_lost_rows AS lost_rows,
        v_message_rows AS mass_messages,
        v_available AS available_captions,
        v_active_locks AS active_locks,
        v_expired_locks AS expired_locks,
        v_schedules AS schedules_created,
        v_exports_ok AS exports_succeeded,
        v_exports_failed AS exports_failed,
        v_tiers AS available_by_tier,
        v_rows AS table_rows,
        v_emv AS median_emv_7d,
        v_former_emv AS median_emv_previous_7d
      ) AS counts,
      STRUCT(v_stats_at AS stats, v_sweep_at AS sweep, v_automation_at AS automation) AS last_run_at,
      STRUCT(v_stats_hours AS stats, v_sweep_hours AS sweep, v_automation_hours AS automation) AS ages_in_hours,
      v_top_errors AS top_errors,
      ARRAY(
        SELECT flag
        FROM UNNEST([
          -- 100 USD at the list price of 6.25 USD a TiB.
          IF(v_billed_bytes > 17592186044416, 'COST', ''),
          IF(v_jobs >= 20 AND v_error_rate > 0.10, 'ERROR_RATE', ''),
          IF(v_bad_schedules > 0 OR v_lost_rows > 0, 'CORRUPTION', ''),
          IF(v_error_points + v_latency_points + v_freshness_points + v_integrity_points + v_capacity_points < 69.5, 'SCORE', '')
        ]) AS flag
        WHERE flag != ''
      ) AS red_flags,
      v_problems AS problems
    ))
  );
END;
