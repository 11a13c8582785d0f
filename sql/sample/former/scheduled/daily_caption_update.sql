-- Feedback loop of the former release, four times a day.
-- config: EROS: daily_caption_update | every 6 hours
CALL `${dataset}.update_caption_performance`();
