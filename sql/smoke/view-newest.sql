-- The view as people open it, to be measured: its newest 100 rows.
SELECT *
FROM `${dataset}.schedule_recommendations_with_messages`
ORDER BY schedule_created_at DESC
LIMIT 100;
