-- Schedule header rows of the former release.
CREATE OR REPLACE VIEW `${dataset}.schedule_recommendations_messages` AS
SELECT schedule_id, page_name, created_at, total_messages, status
FROM `${dataset}.schedule_recommendations`;
