-- Called twice on staging: the second call may change nothing but times.
CALL `${dataset}.update_caption_performance`();
