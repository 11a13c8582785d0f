-- Takes one health sample an hour.
-- config: EROS: health_check | every 1 hours
-- anchor: 00:37
DECLARE v_job_id STRING;

CALL `${dataset}.start_job`('health_check', v_job_id);
BEGIN
  CALL `${dataset}.run_health_check`();
  CALL `${dataset}.finish_job`(v_job_id, NULL);
EXCEPTION WHEN ERROR THEN
  CALL `${dataset}.finish_job`(v_job_id, @@error.message);
  -- Raised again: the transfer run has to show the failure.
  RAISE;
END;
