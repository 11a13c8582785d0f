-- The normal approximation of Beta(a, b) at z, clamped to [0, 1]: mean a/(a+b), deviation sqrt(a·b / ((a+b)²·(a+b+1))).
-- The spread is multiplied by kappa = 1: a smaller kappa is nearly greedy, since it all but ends exploration.
CREATE OR REPLACE FUNCTION `${dataset}.beta_at`(a FLOAT64, b FLOAT64, z FLOAT64)
RETURNS FLOAT64
AS (
  GREATEST(0.0, LEAST(1.0, SAFE_DIVIDE(a, a + b) + 1.0 * z * SAFE_DIVIDE(SQRT(SAFE_DIVIDE(a * b, a + b + 1)), a + b)))
);
