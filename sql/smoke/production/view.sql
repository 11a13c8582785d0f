-- After a deployment, reads only: the view shows every schedule. One row a check; fails as a job when the check does.
DECLARE v_in_view INT64;
DECLARE v_in_table INT64;

SET v_in_view = (SELECT COUNT(DISTINCT schedule_id) FROM `${dataset}.schedule_recommendations_with_messages`);
SET v_in_table = (SELECT COUNT(DISTINCT schedule_id) FROM `${dataset}.schedule_recommendations`);

SELECT 'every schedule' AS check_name, v_in_view = v_in_table AS passed, CONCAT(CAST(v_in_view AS STRING), ' of ', CAST(v_in_table AS STRING), ' schedules') AS evidence;
ASSERT v_in_view = v_in_table AS 'the view does not show every schedule';
