-- After a deployment, reads only: each TVF answers for the test page, known there or not. One row a check; fails as a job when a check does.
DECLARE v_checks ARRAY<STRUCT<check_name STRING, passed BOOL, evidence STRING>>;

SET v_checks = ARRAY(
  SELECT AS STRUCT check_name, passed, evidence
  FROM (
    SELECT 'classify_account_size' AS check_name, COUNT(*) = 1 AS passed, CONCAT(CAST(COUNT(*) AS STRING), ' row') AS evidence FROM `${dataset}.classify_account_size`('test_creator', 30)
    UNION ALL
    SELECT 'analyze_saturation_status', COUNT(*) = 1, CONCAT(CAST(COUNT(*) AS STRING), ' row') FROM `${dataset}.analyze_saturation_status`('test_creator', 30)
    UNION ALL
    SELECT 'calculate_performance_metrics', COUNT(*) = 1, CONCAT(CAST(COUNT(*) AS STRING), ' row') FROM `${dataset}.calculate_performance_metrics`('test_creator', 30)
    UNION ALL
    SELECT 'calculate_engagement_rates', COUNT(*) = 3, CONCAT(CAST(COUNT(*) AS STRING), ' rows') FROM `${dataset}.calculate_engagement_rates`('test_creator', 30)
    UNION ALL
    SELECT 'get_recent_performance_window', COUNT(*) >= 0, CONCAT(CAST(COUNT(*) AS STRING), ' days') FROM `${dataset}.get_recent_performance_window`('test_creator', 30)
    UNION ALL
    SELECT 'detect_anomalies', COUNT(*) >= 0, CONCAT(CAST(COUNT(*) AS STRING), ' anomalies') FROM `${dataset}.detect_anomalies`('test_creator', 30)
    UNION ALL
    SELECT 'get_creator_baseline', COUNT(*) >= 0, CONCAT(CAST(COUNT(*) AS STRING), ' rows') FROM `${dataset}.get_creator_baseline`('test_creator', 30)
  )
);

SELECT check_name, passed, evidence FROM UNNEST(v_checks);
ASSERT (SELECT LOGICAL_AND(IFNULL(passed, FALSE)) FROM UNNEST(v_checks)) AS 'a table function gave another number of rows than its contract';
