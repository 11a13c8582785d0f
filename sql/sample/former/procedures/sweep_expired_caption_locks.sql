-- Lock sweep of the former release: no reason, no log.
CREATE OR REPLACE PROCEDURE `${dataset}.sweep_expired_caption_locks`()
BEGIN
  UPDATE `${dataset}.active_caption_assignments`
  SET is_active = FALSE
  WHERE is_active AND scheduled_send_date < CURRENT_DATE('${timezone}');
END;
