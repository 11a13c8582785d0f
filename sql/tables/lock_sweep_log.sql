-- One row a sweep of expired locks, also when nothing was swept.
CREATE TABLE IF NOT EXISTS `${dataset}.lock_sweep_log` (
  sweep_id STRING,
  sweep_time TIMESTAMP,
  locks_expired_stale INT64,
  locks_expired_past_date INT64,
  total_locks_cleaned INT64,
  sweep_duration_seconds FLOAT64
)
PARTITION BY DATE(sweep_time)
OPTIONS (description = 'Sweeps');
