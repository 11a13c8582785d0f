-- Called twice on staging: the second call finds its own locks and takes none.
-- parameters: @monday DATE
DECLARE v_locks ARRAY<STRUCT<caption_id INT64, scheduled_send_date DATE, scheduled_send_hour INT64>>;

SET v_locks = [
  STRUCT<caption_id INT64, scheduled_send_date DATE, scheduled_send_hour INT64>(9000000000001, @monday, 10),
  STRUCT<caption_id INT64, scheduled_send_date DATE, scheduled_send_hour INT64>(9000000000013, @monday, 14)
];
CALL `${dataset}.lock_caption_assignments`('staging_probe_001', 'test_creator', v_locks);
