-- The day's work: feedback loop, sweep, then each page that sent in 30 days is analysed, and queued when its locks are under 80 % of the pool.
-- Pages whose saturation is above 0.6 are told in one alert a day, critical above 0.8. One page's error never stops the others; five in a row do. A day that succeeded is not done again. Returns the job row.
CREATE OR REPLACE PROCEDURE `${dataset}.run_daily_automation`(p_execution_date DATE)
BEGIN
  DECLARE v_started TIMESTAMP DEFAULT CURRENT_TIMESTAMP();
  DECLARE v_job_id STRING DEFAULT GENERATE_UUID();
  DECLARE v_status STRING DEFAULT 'SUCCESS';
  DECLARE v_error STRING;
  DECLARE v_report STRING;
  DECLARE v_saturation FLOAT64;
  DECLARE v_worst_saturation FLOAT64 DEFAULT 0.0;
  DECLARE v_saturated ARRAY<STRING> DEFAULT [];
  DECLARE v_pool INT64 DEFAULT 0;
  DECLARE v_processed INT64 DEFAULT 0;
  DECLARE v_failed INT64 DEFAULT 0;
  DECLARE v_failed_in_a_row INT64 DEFAULT 0;
  DECLARE v_is_broken BOOL DEFAULT FALSE;

  IF p_execution_date IS NULL THEN
    RAISE USING MESSAGE = 'EROS_BAD_DATE: an execution date is required.';
  END IF;

  IF EXISTS (
    SELECT 1
    FROM `${dataset}.automation_job_runs`
    WHERE job_name = 'run_daily_automation' AND execution_date = p_execution_date AND job_status = 'SUCCESS'
  ) THEN
    INSERT INTO `${dataset}.automation_job_runs` (
      job_id, job_name, job_start_time, job_end_time, job_status, execution_date, creators_processed, creators_failed, job_duration_seconds
    )
    VALUES (v_job_id, 'run_daily_automation', v_started, CURRENT_TIMESTAMP(), 'SKIPPED', p_execution_date, 0, 0, 0.0);
    SELECT v_job_id AS job_id, 'SKIPPED' AS job_status, 0 AS creators_processed, 0 AS creators_failed;
    RETURN;
  END IF;

  INSERT INTO `${dataset}.automation_job_runs` (job_id, job_name, job_start_time, job_status, execution_date, creators_processed, creators_failed)
  VALUES (v_job_id, 'run_daily_automation', v_started, 'RUNNING', p_execution_date, 0, 0);

  BEGIN
    CALL `${dataset}.update_caption_performance`();
    CALL `${dataset}.sweep_expired_caption_locks`();
    SET v_pool = (SELECT COUNT(*) FROM `${dataset}.available_captions`);

    FOR active_page IN (
      WITH pages AS (
        SELECT messages.page_name
        FROM `${dataset}.mass_messages` AS messages
        WHERE messages.sending_time >= TIMESTAMP_SUB(v_started, INTERVAL 30 DAY)
          AND messages.sending_time <= v_started
          AND messages.page_name IS NOT NULL
        GROUP BY messages.page_name
      )
      SELECT pages.page_name, COUNT(DISTINCT locks.caption_id) AS locked_captions
      FROM pages
      LEFT JOIN `${dataset}.active_caption_assignments` AS locks
        ON locks.page_name = pages.page_name AND locks.is_active
      GROUP BY pages.page_name
      ORDER BY pages.page_name
    )
    DO
      IF NOT v_is_broken THEN
        BEGIN
          -- A page that can't be analysed is not queued: its week could not be built either.
          CALL `${dataset}.analyze_creator_performance`(active_page.page_name, 90, v_report);
          IF JSON_VALUE(v_report, '$.account_size') IS NULL THEN
            RAISE USING MESSAGE = 'EROS_NO_SIZE: the page has no account size.';
          END IF;
          SET v_saturation = IFNULL(SAFE_CAST(JSON_VALUE(v_report, '$.saturation_score') AS FLOAT64), 0.0);
          IF v_saturation > 0.6 THEN
            SET v_saturated = ARRAY_CONCAT(v_saturated, [FORMAT('%s %.2f', active_page.page_name, v_saturation)]);
            SET v_worst_saturation = GREATEST(v_worst_saturation, v_saturation);
          END IF;
          IF IFNULL(SAFE_DIVIDE(active_page.locked_captions, v_pool) * 100, 100.0) < 80 THEN
            MERGE `${dataset}.schedule_generation_queue` AS queue
            USING (
              SELECT active_page.page_name AS page_name, p_execution_date AS execution_date, SAFE_DIVIDE(active_page.locked_captions, v_pool) * 100 AS saturation_pct
            ) AS wanted
            ON queue.page_name = wanted.page_name AND queue.execution_date = wanted.execution_date
            WHEN NOT MATCHED THEN
              INSERT (page_name, execution_date, saturation_pct, queued_at, status)
              VALUES (wanted.page_name, wanted.execution_date, wanted.saturation_pct, v_started, 'PENDING');
          END IF;
          SET v_processed = v_processed + 1;
          SET v_failed_in_a_row = 0;
        EXCEPTION WHEN ERROR THEN
          SET v_failed = v_failed + 1;
          SET v_failed_in_a_row = v_failed_in_a_row + 1;
          INSERT INTO `${dataset}.creator_processing_errors` (job_id, page_name, execution_date, error_message, error_time)
          VALUES (v_job_id, active_page.page_name, p_execution_date, @@error.message, CURRENT_TIMESTAMP());
        END;
        SET v_is_broken = v_failed_in_a_row >= 5;
      END IF;
    END FOR;

    SET v_status = CASE
      WHEN v_processed + v_failed = 0 THEN 'COMPLETED_NO_WORK'
      WHEN v_is_broken OR v_processed = 0 THEN 'FAILED'
      WHEN v_failed > 0 THEN 'COMPLETED_WITH_ERRORS'
      ELSE 'SUCCESS'
    END;
    IF v_is_broken THEN
      SET v_error = 'EROS_BREAKER: five pages in a row failed.';
    END IF;
  EXCEPTION WHEN ERROR THEN
    SET v_status = 'FAILED';
    SET v_error = @@error.message;
  END;

  UPDATE `${dataset}.automation_job_runs`
  SET
    job_status = v_status,
    job_end_time = CURRENT_TIMESTAMP(),
    job_duration_seconds = TIMESTAMP_DIFF(CURRENT_TIMESTAMP(), v_started, MILLISECOND) / 1000,
    creators_processed = v_processed,
    creators_failed = v_failed,
    error_message = v_error
  WHERE job_id = v_job_id;

  IF ARRAY_LENGTH(v_saturated) > 0 THEN
    INSERT INTO `${dataset}.automation_alerts` (alert_id, alert_time, alert_level, alert_source, alert_message, job_id, acknowledged)
    VALUES (
      GENERATE_UUID(), CURRENT_TIMESTAMP(), IF(v_worst_saturation > 0.8, 'CRITICAL', 'WARNING'), 'run_daily_automation/saturation',
      CONCAT('The audience is saturated: ', ARRAY_TO_STRING(v_saturated, ', '), '.'), v_job_id, FALSE
    );
  END IF;
  IF v_status IN ('FAILED', 'COMPLETED_WITH_ERRORS') THEN
    INSERT INTO `${dataset}.automation_alerts` (alert_id, alert_time, alert_level, alert_source, alert_message, job_id, acknowledged)
    VALUES (
      GENERATE_UUID(), CURRENT_TIMESTAMP(), IF(v_status = 'FAILED', 'CRITICAL', 'WARNING'), 'run_daily_automation',
      CONCAT(v_status, ': ', CAST(v_processed AS STRING), ' pages done, ', CAST(v_failed AS STRING), ' failed', IFNULL(CONCAT('. ', v_error), '')),
      v_job_id, FALSE
    );
  END IF;
  IF v_status = 'FAILED' THEN
    RAISE USING MESSAGE = CONCAT('EROS_AUTOMATION_FAILED: ', IFNULL(v_error, 'every page failed.'));
  END IF;

  SELECT v_job_id AS job_id, v_status AS job_status, v_processed AS creators_processed, v_failed AS creators_failed;
END;
