-- Takes a health sample, keeps it in health_checks, alerts when it is bad, and returns it. A check that fails as a whole is UNKNOWN, never 100.
-- What has gone stale, doubled, dropped, failed or become slow is alerted beside the score, each once a day and level.
-- The bytes billed of the last three days are kept in daily_query_costs; when they can't be, that is alerted and the check goes on.
CREATE OR REPLACE PROCEDURE `${dataset}.run_health_check`()
BEGIN
  DECLARE v_now TIMESTAMP DEFAULT CURRENT_TIMESTAMP();
  DECLARE v_check_id STRING DEFAULT GENERATE_UUID();
  DECLARE v_health STRING;
  DECLARE v_error STRING;
  DECLARE v_score INT64;
  DECLARE v_band STRING DEFAULT 'UNKNOWN';
  DECLARE v_red_flags ARRAY<STRING> DEFAULT [];
  DECLARE v_cost_error STRING;

  BEGIN
    CALL `${dataset}.measure_health`(v_health);
    SET v_score = SAFE_CAST(JSON_VALUE(v_health, '$.score') AS INT64);
    SET v_red_flags = IFNULL(JSON_VALUE_ARRAY(v_health, '$.red_flags'), []);
    SET v_band = CASE
      WHEN v_score IS NULL THEN 'UNKNOWN'
      WHEN v_score >= 90 THEN 'HEALTHY'
      WHEN v_score >= 80 THEN 'WATCH'
      WHEN v_score >= 70 THEN 'ALERT'
      ELSE 'ROLLBACK'
    END;
  EXCEPTION WHEN ERROR THEN
    SET v_error = @@error.message;
  END;

  INSERT INTO `${dataset}.health_checks` (check_id, check_time, score, band, components, red_flags, error_message)
  VALUES (v_check_id, v_now, v_score, v_band, SAFE.PARSE_JSON(v_health), v_red_flags, v_error);

  IF v_band IN ('ALERT', 'ROLLBACK', 'UNKNOWN') OR ARRAY_LENGTH(v_red_flags) > 0 THEN
    INSERT INTO `${dataset}.automation_alerts` (alert_id, alert_time, alert_level, alert_source, alert_message, job_id, acknowledged)
    VALUES (
      GENERATE_UUID(), v_now, IF(v_band = 'ALERT' AND ARRAY_LENGTH(v_red_flags) = 0, 'WARNING', 'CRITICAL'), 'run_health_check',
      CONCAT('Health ', IFNULL(CAST(v_score AS STRING), '--'), '/100 ', v_band, IFNULL(CONCAT(', ', NULLIF(ARRAY_TO_STRING(v_red_flags, ', '), '')), ''), IFNULL(CONCAT(': ', v_error), '')),
      v_check_id, FALSE
    );
  END IF;

  BEGIN
    MERGE `${dataset}.daily_query_costs` AS kept
    USING (
      SELECT DATE(job.creation_time, '${timezone}') AS cost_date, COUNT(*) AS jobs, SUM(IFNULL(job.total_bytes_billed, 0)) AS billed_bytes
      FROM `${region}`.INFORMATION_SCHEMA.JOBS AS job
      WHERE job.creation_time >= TIMESTAMP(DATE_SUB(DATE(v_now, '${timezone}'), INTERVAL 2 DAY), '${timezone}')
        AND job.creation_time <= v_now
        AND job.job_type = 'QUERY'
        AND job.state = 'DONE'
        AND IFNULL(job.statement_type, 'SELECT') NOT IN ('SCRIPT', 'CALL')
        AND EXISTS (SELECT 1 FROM UNNEST(job.referenced_tables) AS used WHERE used.dataset_id = '${dataset_name}')
      GROUP BY cost_date
    ) AS found
    ON kept.cost_date = found.cost_date
    WHEN MATCHED THEN
      UPDATE SET jobs = found.jobs, billed_bytes = found.billed_bytes, updated_at = v_now
    WHEN NOT MATCHED THEN
      INSERT (cost_date, jobs, billed_bytes, updated_at)
      VALUES (found.cost_date, found.jobs, found.billed_bytes, v_now);
  EXCEPTION WHEN ERROR THEN
    SET v_cost_error = @@error.message;
  END;

  INSERT INTO `${dataset}.automation_alerts` (alert_id, alert_time, alert_level, alert_source, alert_message, job_id, acknowledged)
  SELECT GENERATE_UUID(), v_now, watched.level, CONCAT('run_health_check/', watched.what), watched.message, v_check_id, FALSE
  FROM (
    SELECT
      v_health AS health,
      SAFE_CAST(JSON_VALUE(v_health, '$.counts.jobs_failed_1h') AS INT64) AS failed_1h,
      SAFE_CAST(JSON_VALUE(v_health, '$.counts.jobs_finished_15m') AS INT64) AS finished_15m,
      SAFE_CAST(JSON_VALUE(v_health, '$.counts.jobs_failed_15m') AS INT64) AS failed_15m,
      SAFE_CAST(JSON_VALUE(v_health, '$.counts.max_ms') AS INT64) AS slowest_ms,
      SAFE_CAST(JSON_VALUE(v_health, '$.counts.median_emv_7d') AS FLOAT64) AS emv,
      SAFE_CAST(JSON_VALUE(v_health, '$.counts.median_emv_previous_7d') AS FLOAT64) AS former_emv
  ) AS sample
  CROSS JOIN UNNEST([
    STRUCT('stale_stats' AS what, 'WARNING' AS level, SAFE_CAST(JSON_VALUE(sample.health, '$.ages_in_hours.stats') AS FLOAT64) > 28 AS is_bad, 'The bandit stats are older than 28 hours.' AS message),
    STRUCT('stale_sweep', 'WARNING', SAFE_CAST(JSON_VALUE(sample.health, '$.ages_in_hours.sweep') AS FLOAT64) > 7, 'No sweep of expired locks for more than 7 hours.'),
    STRUCT('stale_automation', 'CRITICAL', SAFE_CAST(JSON_VALUE(sample.health, '$.ages_in_hours.automation') AS FLOAT64) > 28, 'No daily automation succeeded for more than 28 hours.'),
    STRUCT('duplicate_assignments', 'CRITICAL', SAFE_CAST(JSON_VALUE(sample.health, '$.counts.duplicate_assignments') AS INT64) > 0, 'A caption is reserved twice within 7 days.'),
    STRUCT('failed_exports', 'WARNING', SAFE_CAST(JSON_VALUE(sample.health, '$.counts.exports_failed') AS INT64) > 2, 'More than two exports failed in 24 hours.'),
    STRUCT('emv_drop', 'WARNING', SAFE_DIVIDE(sample.emv - sample.former_emv, sample.former_emv) < -0.15, 'The median EMV of 7 days is more than 15 % below that of the 7 before.'),
    STRUCT('failed_jobs', IF(sample.failed_1h > 20, 'CRITICAL', 'WARNING'), sample.failed_1h > 5, CONCAT(CAST(sample.failed_1h AS STRING), ' query jobs failed in an hour.')),
    STRUCT('failing_now', 'CRITICAL', sample.finished_15m >= 20 AND SAFE_DIVIDE(sample.failed_15m, sample.finished_15m) > 0.20, 'More than 20 % of the query jobs of 15 minutes failed.'),
    STRUCT('slow_query', IF(sample.slowest_ms > 60000, 'CRITICAL', 'WARNING'), sample.slowest_ms > 30000, CONCAT('A query took ', FORMAT('%.0f', sample.slowest_ms / 1000), ' seconds.')),
    STRUCT('cost_totals', 'WARNING', v_cost_error IS NOT NULL, CONCAT('The bytes billed of the day were not kept: ', IFNULL(v_cost_error, '')))
  ]) AS watched
  WHERE watched.is_bad
    AND NOT EXISTS (
      SELECT 1
      FROM `${dataset}.automation_alerts` AS earlier
      WHERE earlier.alert_source = CONCAT('run_health_check/', watched.what)
        AND earlier.alert_level = watched.level
        AND earlier.alert_time > TIMESTAMP_SUB(v_now, INTERVAL 24 HOUR)
    );

  SELECT
    v_check_id AS check_id,
    CONCAT('Health Score: ', IFNULL(CAST(v_score AS STRING), '--'), '/100') AS line,
    v_score AS score,
    v_band AS band,
    SAFE.PARSE_JSON(v_health) AS health,
    v_red_flags AS red_flags,
    v_error AS error_message;
END;
