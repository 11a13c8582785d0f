-- Gate test #1: the analyzer reports on the fixture page. One row a check; the row "report" carries the report itself.
DECLARE v_text STRING;
DECLARE v_report JSON;

CALL `${dataset}.analyze_creator_performance`('test_creator', 30, v_text);
SET v_report = SAFE.PARSE_JSON(v_text);

SELECT check_name, IFNULL(passed, FALSE) AS passed, evidence
FROM UNNEST([
  STRUCT('report' AS check_name, v_text IS NOT NULL AS passed, IFNULL(v_text, 'none') AS evidence),
  STRUCT('valid JSON', v_report IS NOT NULL, CONCAT(CAST(IFNULL(LENGTH(v_text), 0) AS STRING), ' characters')),
  STRUCT('required keys', JSON_VALUE(v_report, '$.account_size') IS NOT NULL AND JSON_VALUE(v_report, '$.saturation_status') IS NOT NULL AND JSON_VALUE(v_report, '$.saturation_score') IS NOT NULL AND JSON_VALUE(v_report, '$.avg_emv') IS NOT NULL AND JSON_QUERY(v_report, '$.recommended_volume') IS NOT NULL, 'account_size, saturation_status, saturation_score, avg_emv, recommended_volume'),
  STRUCT('account size', JSON_VALUE(v_report, '$.account_size') IN ('MICRO', 'SMALL', 'MEDIUM', 'LARGE', 'MEGA'), IFNULL(JSON_VALUE(v_report, '$.account_size'), 'no account size')),
  STRUCT('saturation status', JSON_VALUE(v_report, '$.saturation_status') IN ('GREEN', 'YELLOW', 'RED'), IFNULL(JSON_VALUE(v_report, '$.saturation_status'), 'no saturation status')),
  STRUCT('ranges', SAFE_CAST(JSON_VALUE(v_report, '$.saturation_score') AS FLOAT64) BETWEEN 0 AND 1 AND SAFE_CAST(JSON_VALUE(v_report, '$.avg_emv') AS FLOAT64) >= 0 AND SAFE_CAST(JSON_VALUE(v_report, '$.recommended_volume.ppv') AS INT64) > 0 AND SAFE_CAST(JSON_VALUE(v_report, '$.recommended_volume.bump') AS INT64) > 0, CONCAT('score ', IFNULL(JSON_VALUE(v_report, '$.saturation_score'), 'none'), ', EMV ', IFNULL(JSON_VALUE(v_report, '$.avg_emv'), 'none'), ', volume ', IFNULL(JSON_VALUE(v_report, '$.recommended_volume.ppv'), 'none'), '/', IFNULL(JSON_VALUE(v_report, '$.recommended_volume.bump'), 'none'))),
  STRUCT('fixture', JSON_VALUE(v_report, '$.account_size') = 'MEDIUM' AND JSON_VALUE(v_report, '$.saturation_status') = 'GREEN' AND JSON_VALUE(v_report, '$.recommended_ppv') = '12' AND JSON_VALUE(v_report, '$.recommended_bump') = '8', CONCAT(IFNULL(JSON_VALUE(v_report, '$.account_size'), 'none'), '/', IFNULL(JSON_VALUE(v_report, '$.saturation_status'), 'none'), '/', IFNULL(JSON_VALUE(v_report, '$.recommended_ppv'), 'none'), '/', IFNULL(JSON_VALUE(v_report, '$.recommended_bump'), 'none')))
]);
