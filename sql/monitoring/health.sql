-- One health sample without keeping it: score, components and counts as one row. run_health_check measures the same way.
DECLARE v_health STRING;

CALL `${dataset}.measure_health`(v_health);

SELECT
  CONCAT('Health Score: ', IFNULL(JSON_VALUE(v_health, '$.score'), '--'), '/100') AS line,
  SAFE_CAST(JSON_VALUE(v_health, '$.score') AS INT64) AS score,
  JSON_VALUE(v_health, '$.status') AS status,
  JSON_QUERY(v_health, '$.components') AS components,
  SAFE_CAST(JSON_VALUE(v_health, '$.counts.jobs_finished') AS INT64) AS jobs_finished,
  SAFE_CAST(JSON_VALUE(v_health, '$.counts.jobs_failed') AS INT64) AS jobs_failed,
  SAFE_CAST(JSON_VALUE(v_health, '$.counts.p50_ms') AS INT64) AS p50_ms,
  SAFE_CAST(JSON_VALUE(v_health, '$.counts.p95_ms') AS INT64) AS p95_ms,
  SAFE_CAST(JSON_VALUE(v_health, '$.counts.billed_bytes') AS INT64) AS billed_bytes,
  SAFE_CAST(JSON_VALUE(v_health, '$.counts.integrity_violations') AS INT64) AS integrity_violations,
  SAFE_CAST(JSON_VALUE(v_health, '$.counts.bad_schedules') AS INT64) + SAFE_CAST(JSON_VALUE(v_health, '$.counts.lost_rows') AS INT64) AS corrupt_rows,
  SAFE_CAST(JSON_VALUE(v_health, '$.counts.duplicate_assignments') AS INT64) AS duplicate_assignments,
  SAFE_CAST(JSON_VALUE(v_health, '$.counts.available_captions') AS INT64) AS available_captions,
  SAFE_CAST(JSON_VALUE(v_health, '$.counts.active_locks') AS INT64) AS active_locks,
  SAFE_CAST(JSON_VALUE(v_health, '$.counts.expired_locks') AS INT64) AS expired_locks,
  SAFE_CAST(JSON_VALUE(v_health, '$.counts.schedules_created') AS INT64) AS schedules_created,
  SAFE_CAST(JSON_VALUE(v_health, '$.counts.exports_succeeded') AS INT64) AS exports_succeeded,
  SAFE_CAST(JSON_VALUE(v_health, '$.counts.exports_failed') AS INT64) AS exports_failed,
  JSON_VALUE(v_health, '$.top_errors') AS top_errors,
  ARRAY_TO_STRING(JSON_VALUE_ARRAY(v_health, '$.red_flags'), ', ') AS red_flags,
  ARRAY_TO_STRING(JSON_VALUE_ARRAY(v_health, '$.problems'), '; ') AS problems;
