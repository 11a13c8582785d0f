-- Called twice on staging: both calls report the same.
DECLARE v_report STRING;

CALL `${dataset}.analyze_creator_performance`('test_creator', 30, v_report);

SELECT 'report' AS check_name, v_report IS NOT NULL AS passed, CONCAT(JSON_VALUE(v_report, '$.account_size'), ', score ', JSON_VALUE(v_report, '$.saturation_score'), ', EMV ', JSON_VALUE(v_report, '$.avg_emv')) AS evidence;
