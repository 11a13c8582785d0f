-- The Wilson interval of counts from 0 and their spread: (s + z²/2 ∓ spread) / (n + z²) with z = 1.96, clamped to [0, 1] because doubles overshoot.
-- At the ends the interval is exact: without successes it begins at 0, without failures it ends at 1. See wilson_score_bounds.
CREATE OR REPLACE FUNCTION `${dataset}.wilson_interval`(successes INT64, failures INT64, spread FLOAT64)
RETURNS STRUCT<lower_bound FLOAT64, upper_bound FLOAT64, exploration_bonus FLOAT64>
AS (
  STRUCT(
    IF(successes = 0, 0.0, GREATEST(0.0, LEAST(1.0, SAFE_DIVIDE(successes + 1.9208 - spread, successes + failures + 3.8416)))) AS lower_bound,
    IF(failures = 0, 1.0, GREATEST(0.0, LEAST(1.0, SAFE_DIVIDE(successes + 1.9208 + spread, successes + failures + 3.8416)))) AS upper_bound,
    SAFE_DIVIDE(1, SQRT(successes + failures + 1)) AS exploration_bonus
  )
);
