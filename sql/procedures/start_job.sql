-- Opens the row of a scheduled job as RUNNING and returns its id; finish_job closes it.
CREATE OR REPLACE PROCEDURE `${dataset}.start_job`(IN p_job_name STRING, OUT p_job_id STRING)
BEGIN
  SET p_job_id = GENERATE_UUID();
  INSERT INTO `${dataset}.automation_job_runs` (job_id, job_name, job_start_time, job_status, execution_date)
  VALUES (p_job_id, p_job_name, CURRENT_TIMESTAMP(), 'RUNNING', CURRENT_DATE('${timezone}'));
END;
