-- Called once on staging: it keeps one sample, and keeping samples is what it is for.
CALL `${dataset}.run_health_check`();
