-- Lock sweep of the former release, every hour on the hour.
-- config: EROS: expired_lock_sweep | every 1 hours
CALL `${dataset}.sweep_expired_caption_locks`();
