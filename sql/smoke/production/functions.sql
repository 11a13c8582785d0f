-- After a deployment, reads only: the bounds of a known arm. One row a check; fails as a job when a check does.
DECLARE v_checks ARRAY<STRUCT<check_name STRING, passed BOOL, evidence STRING>>;

SET v_checks = (
  SELECT [STRUCT(
    'wilson_score_bounds' AS check_name,
    ABS(b.lower_bound - 0.4038298286) < 1e-9 AND ABS(b.upper_bound - 0.5961701714) < 1e-9 AS passed,
    CONCAT(FORMAT('%.10f', b.lower_bound), ' to ', FORMAT('%.10f', b.upper_bound)) AS evidence
  )]
  FROM (SELECT `${dataset}.wilson_score_bounds`(50, 50) AS b)
);

SELECT check_name, passed, evidence FROM UNNEST(v_checks);
ASSERT (SELECT LOGICAL_AND(IFNULL(passed, FALSE)) FROM UNNEST(v_checks)) AS 'wilson_score_bounds(50, 50) is wrong';
