-- The deterministic part of Thompson sampling: an arm's posterior at z (see beta_at), in [0, 1].
-- NULL and negative counts are 0; both counts are raised by 1 when one of them is 0, so that there is a spread.
CREATE OR REPLACE FUNCTION `${dataset}.wilson_sample_z`(successes INT64, failures INT64, z FLOAT64)
RETURNS FLOAT64
AS (
  IF(
    LEAST(IFNULL(successes, 0), IFNULL(failures, 0)) > 0,
    `${dataset}.beta_at`(successes, failures, z),
    `${dataset}.beta_at`(GREATEST(IFNULL(successes, 0), 0) + 1, GREATEST(IFNULL(failures, 0), 0) + 1, z)
  )
);
