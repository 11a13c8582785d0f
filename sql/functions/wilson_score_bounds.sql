-- Wilson score interval of a proportion at 95 % (z = 1.96), and the exploration bonus 1/sqrt(n + 1).
-- NULL and negative counts are 0; without observations the interval is [0, 1].
CREATE OR REPLACE FUNCTION `${dataset}.wilson_score_bounds`(successes INT64, failures INT64)
RETURNS STRUCT<lower_bound FLOAT64, upper_bound FLOAT64, exploration_bonus FLOAT64>
AS (
  `${dataset}.wilson_interval`(
    GREATEST(IFNULL(successes, 0), 0),
    GREATEST(IFNULL(failures, 0), 0),
    `${dataset}.wilson_spread`(GREATEST(IFNULL(successes, 0), 0), GREATEST(IFNULL(failures, 0), 0))
  )
);
