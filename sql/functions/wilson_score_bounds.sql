-- Wilson score interval of a proportion at 95 % (z = 1.96), and the exploration bonus 1/sqrt(n + 1).
-- With s successes, f failures, n = s + f: (s + z²/2 ∓ z·sqrt(s·f/n + z²/4)) / (n + z²), clamped to [0, 1] because doubles overshoot.
-- At the ends the interval is exact: without successes it begins at 0, without failures it ends at 1.
-- NULL and negative counts are 0; without observations the interval is [0, 1].
CREATE OR REPLACE FUNCTION `${dataset}.wilson_score_bounds`(successes INT64, failures INT64)
RETURNS STRUCT<lower_bound FLOAT64, upper_bound FLOAT64, exploration_bonus FLOAT64>
AS (
  STRUCT(
    IF(IFNULL(successes, 0) <= 0, 0.0, GREATEST(0.0, LEAST(1.0, (
      GREATEST(IFNULL(successes, 0), 0) + 1.9208 - 1.96 * SQRT(0.9604 + IFNULL(SAFE_DIVIDE(
        CAST(GREATEST(IFNULL(successes, 0), 0) AS FLOAT64) * GREATEST(IFNULL(failures, 0), 0),
        GREATEST(IFNULL(successes, 0), 0) + GREATEST(IFNULL(failures, 0), 0)
      ), 0.0))
    ) / (GREATEST(IFNULL(successes, 0), 0) + GREATEST(IFNULL(failures, 0), 0) + 3.8416)))) AS lower_bound,
    IF(IFNULL(failures, 0) <= 0, 1.0, GREATEST(0.0, LEAST(1.0, (
      GREATEST(IFNULL(successes, 0), 0) + 1.9208 + 1.96 * SQRT(0.9604 + IFNULL(SAFE_DIVIDE(
        CAST(GREATEST(IFNULL(successes, 0), 0) AS FLOAT64) * GREATEST(IFNULL(failures, 0), 0),
        GREATEST(IFNULL(successes, 0), 0) + GREATEST(IFNULL(failures, 0), 0)
      ), 0.0))
    ) / (GREATEST(IFNULL(successes, 0), 0) + GREATEST(IFNULL(failures, 0), 0) + 3.8416)))) AS upper_bound,
    1 / SQRT(GREATEST(IFNULL(successes, 0), 0) + GREATEST(IFNULL(failures, 0), 0) + 1) AS exploration_bonus
  )
);
