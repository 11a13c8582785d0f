-- Ends the locks whose send date has passed, in the business time zone: today's stay, yesterday's go. A second run changes nothing and still logs.
-- A swept lock still counts as use for 7 days: see counts_as_used.
CREATE OR REPLACE PROCEDURE `${dataset}.sweep_expired_caption_locks`()
BEGIN
  DECLARE v_now TIMESTAMP DEFAULT CURRENT_TIMESTAMP();
  DECLARE v_today DATE DEFAULT CURRENT_DATE('${timezone}');
  DECLARE v_sweep_id STRING DEFAULT GENERATE_UUID();
  DECLARE v_stale INT64 DEFAULT 0;
  DECLARE v_past INT64 DEFAULT 0;
  DECLARE v_remaining INT64 DEFAULT 0;

  -- One transaction: what is counted is what is changed, and no change goes unlogged.
  BEGIN
    BEGIN TRANSACTION;

    -- Older than 7 days is stale. Rows without a send date are judged by the day they were locked.
    SET (v_stale, v_past) = (
      SELECT AS STRUCT
        COUNTIF(IFNULL(scheduled_send_date, assigned_date) < DATE_SUB(v_today, INTERVAL 7 DAY)),
        COUNTIF(scheduled_send_date >= DATE_SUB(v_today, INTERVAL 7 DAY) AND scheduled_send_date < v_today)
      FROM `${dataset}.active_caption_assignments`
      WHERE is_active
    );

    UPDATE `${dataset}.active_caption_assignments`
    SET
      is_active = FALSE,
      deactivated_at = v_now,
      deactivation_reason = IF(IFNULL(scheduled_send_date, assigned_date) < DATE_SUB(v_today, INTERVAL 7 DAY), 'STALE_7DAY', 'PAST_SEND_DATE')
    WHERE is_active
      AND (
        scheduled_send_date < v_today
        OR (scheduled_send_date IS NULL AND assigned_date < DATE_SUB(v_today, INTERVAL 7 DAY))
      );

    SET v_remaining = (SELECT COUNT(*) FROM `${dataset}.active_caption_assignments` WHERE is_active);

    INSERT INTO `${dataset}.lock_sweep_log` (sweep_id, sweep_time, locks_expired_stale, locks_expired_past_date, total_locks_cleaned, sweep_duration_seconds)
    VALUES (v_sweep_id, v_now, v_stale, v_past, v_stale + v_past, TIMESTAMP_DIFF(CURRENT_TIMESTAMP(), v_now, MILLISECOND) / 1000);

    IF v_stale + v_past > 1000 THEN
      INSERT INTO `${dataset}.automation_alerts` (alert_id, alert_time, alert_level, alert_source, alert_message, job_id, acknowledged)
      VALUES (GENERATE_UUID(), v_now, 'WARNING', 'sweep_expired_caption_locks', CONCAT(CAST(v_stale + v_past AS STRING), ' locks expired in one sweep.'), v_sweep_id, FALSE);
    END IF;
    IF v_remaining > 5000 THEN
      INSERT INTO `${dataset}.automation_alerts` (alert_id, alert_time, alert_level, alert_source, alert_message, job_id, acknowledged)
      VALUES (GENERATE_UUID(), v_now, IF(v_remaining > 10000, 'CRITICAL', 'WARNING'), 'sweep_expired_caption_locks', CONCAT(CAST(v_remaining AS STRING), ' locks are active.'), v_sweep_id, FALSE);
    END IF;

    COMMIT TRANSACTION;
  EXCEPTION WHEN ERROR THEN
    ROLLBACK TRANSACTION;
    RAISE;
  END;

  SELECT
    v_sweep_id AS sweep_id,
    v_stale AS locks_expired_stale,
    v_past AS locks_expired_past_date,
    v_stale + v_past AS total_locks_cleaned,
    v_remaining AS locks_still_active;
END;
