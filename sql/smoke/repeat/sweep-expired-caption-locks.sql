-- Called twice on staging: the second call finds nothing left to end.
CALL `${dataset}.sweep_expired_caption_locks`();
