-- After a deployment, reads only: the analyzer reports. One row a check; fails as a job when the check does.
DECLARE v_report STRING;

CALL `${dataset}.analyze_creator_performance`('test_creator', 30, v_report);

SELECT 'account_size' AS check_name, JSON_VALUE(v_report, '$.account_size') IS NOT NULL AS passed, IFNULL(JSON_VALUE(v_report, '$.account_size'), 'none') AS evidence;
ASSERT JSON_VALUE(v_report, '$.account_size') IS NOT NULL AS 'the analyzer gave no account_size';
