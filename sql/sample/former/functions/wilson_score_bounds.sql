-- Wilson score interval of the former release: not clamped, so (0, 5) falls just below 0.
CREATE OR REPLACE FUNCTION `${dataset}.wilson_score_bounds`(successes INT64, failures INT64)
RETURNS STRUCT<lower_bound FLOAT64, upper_bound FLOAT64, exploration_bonus FLOAT64>
AS ((
  SELECT AS STRUCT
    SAFE_DIVIDE(p + z * z / 2.0 / n - z * SQRT(p * (1.0 - p) / n + z * z / 4.0 / n / n), 1.0 + z * z / n) AS lower_bound,
    SAFE_DIVIDE(p + z * z / 2.0 / n + z * SQRT(p * (1.0 - p) / n + z * z / 4.0 / n / n), 1.0 + z * z / n) AS upper_bound,
    1.0 / SQRT(n + 1.0) AS exploration_bonus
  FROM (
    SELECT
      CAST(GREATEST(successes + failures, 1) AS FLOAT64) AS n,
      SAFE_DIVIDE(successes, GREATEST(successes + failures, 1)) AS p,
      1.96 AS z
  )
));
