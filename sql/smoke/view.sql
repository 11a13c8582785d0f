-- The view on staging: every schedule of its base table is in it. One row a check.
SELECT
  'every schedule' AS check_name,
  facts.in_view = facts.in_table AS passed,
  CONCAT(CAST(facts.in_view AS STRING), ' of ', CAST(facts.in_table AS STRING), ' schedules') AS evidence
FROM (
  SELECT
    (SELECT COUNT(DISTINCT schedule_id) FROM `${dataset}.schedule_recommendations_with_messages`) AS in_view,
    (SELECT COUNT(DISTINCT schedule_id) FROM `${dataset}.schedule_recommendations`) AS in_table
) AS facts;
