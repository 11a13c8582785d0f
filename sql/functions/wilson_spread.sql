-- The half-width of the Wilson interval before it is scaled by 1 / (n + z²): z·sqrt(s·f/n + z²/4) with z = 1.96, for counts from 0.
CREATE OR REPLACE FUNCTION `${dataset}.wilson_spread`(successes INT64, failures INT64)
RETURNS FLOAT64
AS (
  1.96 * SQRT(0.9604 + IFNULL(SAFE_DIVIDE(CAST(successes AS FLOAT64) * failures, successes + failures), 0.0))
);
