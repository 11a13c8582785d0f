-- Runs the daily automation at 02:07 business time. Transfer schedules know no daylight saving time, so there are two configs;
-- the guard lets the one act whose local hour is 2, or 3 on the day that has no hour 2, and only once a day. A day that failed, for some pages
-- or for all, is tried again at 03:07 when there is such a run.
-- config: EROS: daily_caption_update | every day 09:07
-- config: EROS: daily_caption_update (standard time) | every day 10:07
DECLARE v_started TIMESTAMP DEFAULT CURRENT_TIMESTAMP();
DECLARE v_date DATE DEFAULT DATE(v_started, '${timezone}');
DECLARE v_is_due BOOL DEFAULT EXTRACT(HOUR FROM v_started AT TIME ZONE '${timezone}') IN (2, 3)
  AND NOT EXISTS (
    SELECT 1
    FROM `${dataset}.automation_job_runs` AS runs
    WHERE runs.job_name = 'run_daily_automation'
      AND runs.execution_date = v_date
      AND runs.job_status IN ('SUCCESS', 'COMPLETED_NO_WORK')
  );

IF v_is_due THEN
  BEGIN
    CALL `${dataset}.run_daily_automation`(v_date);
  EXCEPTION WHEN ERROR THEN
    -- What the procedure could not write down itself: it never started, or broke off before it closed its row.
    UPDATE `${dataset}.automation_job_runs`
    SET job_status = 'FAILED', job_end_time = CURRENT_TIMESTAMP(), job_duration_seconds = TIMESTAMP_DIFF(CURRENT_TIMESTAMP(), job_start_time, MILLISECOND) / 1000, error_message = @@error.message
    WHERE job_name = 'run_daily_automation' AND job_status = 'RUNNING' AND job_start_time >= v_started;
    INSERT INTO `${dataset}.automation_job_runs` (job_id, job_name, job_start_time, job_end_time, job_status, execution_date, creators_processed, creators_failed, error_message)
    SELECT GENERATE_UUID(), 'run_daily_automation', v_started, CURRENT_TIMESTAMP(), 'FAILED', v_date, 0, 0, @@error.message
    FROM (SELECT 1)
    WHERE NOT EXISTS (
      SELECT 1
      FROM `${dataset}.automation_job_runs` AS runs
      WHERE runs.job_name = 'run_daily_automation' AND runs.job_status = 'FAILED' AND runs.job_start_time >= v_started
    );
    INSERT INTO `${dataset}.automation_alerts` (alert_id, alert_time, alert_level, alert_source, alert_message, acknowledged)
    VALUES (GENERATE_UUID(), CURRENT_TIMESTAMP(), 'CRITICAL', 'daily_caption_update', CONCAT('The daily automation failed: ', @@error.message), FALSE);
    -- Raised again: the transfer run has to show the failure.
    RAISE;
  END;
END IF;
