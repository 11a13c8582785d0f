-- What the code answers about the test page, as one fingerprint an object: asked twice, it has to be the same. One row an object.
-- Fractions count to nine digits: sums of parallel workers may differ behind them. wilson_sample and what draws from it are left out.
WITH answers AS (
  SELECT 'classify_account_size' AS object, TO_JSON_STRING(t) AS answer FROM `${dataset}.classify_account_size`('test_creator', 30) AS t
  UNION ALL
  SELECT 'analyze_saturation_status', TO_JSON_STRING(t) FROM `${dataset}.analyze_saturation_status`('test_creator', 30) AS t
  UNION ALL
  SELECT 'calculate_performance_metrics', TO_JSON_STRING(t) FROM `${dataset}.calculate_performance_metrics`('test_creator', 30) AS t
  UNION ALL
  SELECT 'get_recent_performance_window', TO_JSON_STRING(t) FROM `${dataset}.get_recent_performance_window`('test_creator', 30) AS t
  UNION ALL
  SELECT 'detect_anomalies', TO_JSON_STRING(t) FROM `${dataset}.detect_anomalies`('test_creator', 30) AS t
  UNION ALL
  SELECT 'calculate_engagement_rates', TO_JSON_STRING(t) FROM `${dataset}.calculate_engagement_rates`('test_creator', 30) AS t
  UNION ALL
  SELECT 'get_creator_baseline', TO_JSON_STRING(t) FROM `${dataset}.get_creator_baseline`('test_creator', 30) AS t
  UNION ALL
  SELECT 'schedule_recommendations_with_messages', TO_JSON_STRING(t) FROM `${dataset}.schedule_recommendations_with_messages` AS t WHERE t.page_name = 'test_creator'
  UNION ALL
  SELECT 'wilson_score_bounds', TO_JSON_STRING(`${dataset}.wilson_score_bounds`(n, 3)) FROM UNNEST(GENERATE_ARRAY(0, 20)) AS n
)
SELECT
  object AS check_name,
  TRUE AS passed,
  CONCAT(CAST(COUNT(*) AS STRING), ' rows, ', CAST(BIT_XOR(FARM_FINGERPRINT(REGEXP_REPLACE(answer, r'(\.\d{9})\d+', r'\1'))) AS STRING)) AS evidence
FROM answers
GROUP BY object
ORDER BY object;
