-- Takes one health sample an hour.
-- config: EROS: health_check | every 1 hours
-- anchor: 00:37
DECLARE v_job_id STRING DEFAULT GENERATE_UUID();
DECLARE v_started TIMESTAMP DEFAULT CURRENT_TIMESTAMP();

BEGIN
  INSERT INTO `${dataset}.automation_job_runs` (job_id, job_name, job_start_time, job_status, execution_date)
  VALUES (v_job_id, 'health_check', v_started, 'RUNNING', DATE(v_started, '${timezone}'));

  CALL `${dataset}.run_health_check`();

  UPDATE `${dataset}.automation_job_runs`
  SET job_status = 'SUCCESS',
      job_end_time = CURRENT_TIMESTAMP(),
      job_duration_seconds = TIMESTAMP_DIFF(CURRENT_TIMESTAMP(), v_started, MILLISECOND) / 1000
  WHERE job_id = v_job_id;
EXCEPTION WHEN ERROR THEN
  UPDATE `${dataset}.automation_job_runs`
  SET job_status = 'FAILED', job_end_time = CURRENT_TIMESTAMP(), error_message = @@error.message
  WHERE job_id = v_job_id;
  INSERT INTO `${dataset}.automation_alerts` (alert_id, alert_time, alert_level, alert_source, alert_message, job_id, acknowledged)
  VALUES (GENERATE_UUID(), CURRENT_TIMESTAMP(), 'CRITICAL', 'health_check', CONCAT('The health check failed: ', @@error.message), v_job_id, FALSE);
  -- Raised again: the transfer run has to show the failure.
  RAISE;
END;
