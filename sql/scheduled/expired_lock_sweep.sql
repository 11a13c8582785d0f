-- Deactivates locks whose send date has passed. An odd minute, because runs on the hour may fire twice.
-- config: EROS: expired_lock_sweep | every 6 hours
-- anchor: 00:17
DECLARE v_job_id STRING;

CALL `${dataset}.start_job`('expired_lock_sweep', v_job_id);
BEGIN
  CALL `${dataset}.sweep_expired_caption_locks`();
  CALL `${dataset}.finish_job`(v_job_id, NULL);
EXCEPTION WHEN ERROR THEN
  CALL `${dataset}.finish_job`(v_job_id, @@error.message);
  -- Raised again: the transfer run has to show the failure.
  RAISE;
END;
