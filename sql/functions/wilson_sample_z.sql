-- The deterministic part of Thompson sampling: the normal approximation of Beta(a, b) at z, clamped to [0, 1].
-- a, b are the counts, each raised by 1 when one of them is 0. The spread is multiplied by kappa = 1: a smaller kappa is nearly greedy.
CREATE OR REPLACE FUNCTION `${dataset}.wilson_sample_z`(successes INT64, failures INT64, z FLOAT64)
RETURNS FLOAT64
AS (
  -- Raising is adding IF(either is 0, 1, 0) to both counts.
  GREATEST(0.0, LEAST(1.0,
    SAFE_DIVIDE(
      GREATEST(IFNULL(successes, 0), 0) + IF(LEAST(IFNULL(successes, 0), IFNULL(failures, 0)) <= 0, 1, 0),
      GREATEST(IFNULL(successes, 0), 0) + GREATEST(IFNULL(failures, 0), 0) + IF(LEAST(IFNULL(successes, 0), IFNULL(failures, 0)) <= 0, 2, 0)
    )
    + 1.0 * z * SQRT(SAFE_DIVIDE(
      CAST(GREATEST(IFNULL(successes, 0), 0) + IF(LEAST(IFNULL(successes, 0), IFNULL(failures, 0)) <= 0, 1, 0) AS FLOAT64)
        * (GREATEST(IFNULL(failures, 0), 0) + IF(LEAST(IFNULL(successes, 0), IFNULL(failures, 0)) <= 0, 1, 0)),
      POW(GREATEST(IFNULL(successes, 0), 0) + GREATEST(IFNULL(failures, 0), 0) + IF(LEAST(IFNULL(successes, 0), IFNULL(failures, 0)) <= 0, 2, 0), 2)
        * (GREATEST(IFNULL(successes, 0), 0) + GREATEST(IFNULL(failures, 0), 0) + IF(LEAST(IFNULL(successes, 0), IFNULL(failures, 0)) <= 0, 3, 1))
    ))
  ))
);
