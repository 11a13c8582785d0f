-- Thompson sampling: one random value of an arm's posterior in [0, 1], drawn anew for each row.
-- The name is historical; the value is wilson_sample_z at a random z. 1 - RAND() is never 0, so LN is safe.
CREATE OR REPLACE FUNCTION `${dataset}.wilson_sample`(successes INT64, failures INT64)
RETURNS FLOAT64
AS (
  `${dataset}.wilson_sample_z`(successes, failures, `${dataset}.box_muller`(1.0 - RAND(), RAND()))
);
