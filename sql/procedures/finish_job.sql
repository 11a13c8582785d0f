-- Closes the row of a scheduled job: SUCCESS without an error, otherwise FAILED with a CRITICAL alert. The caller raises its error again.
CREATE OR REPLACE PROCEDURE `${dataset}.finish_job`(p_job_id STRING, p_error STRING)
BEGIN
  DECLARE v_now TIMESTAMP DEFAULT CURRENT_TIMESTAMP();

  UPDATE `${dataset}.automation_job_runs`
  SET
    job_status = IF(p_error IS NULL, 'SUCCESS', 'FAILED'),
    job_end_time = v_now,
    job_duration_seconds = TIMESTAMP_DIFF(v_now, job_start_time, MILLISECOND) / 1000,
    error_message = p_error
  WHERE job_id = p_job_id;

  IF p_error IS NOT NULL THEN
    INSERT INTO `${dataset}.automation_alerts` (alert_id, alert_time, alert_level, alert_source, alert_message, job_id, acknowledged)
    SELECT GENERATE_UUID(), v_now, 'CRITICAL', runs.job_name, CONCAT(runs.job_name, ' failed: ', p_error), p_job_id, FALSE
    FROM `${dataset}.automation_job_runs` AS runs
    WHERE runs.job_id = p_job_id;
  END IF;
END;
