-- Sampler of the former release: uniform between the Wilson bounds.
CREATE OR REPLACE FUNCTION `${dataset}.wilson_sample`(successes INT64, failures INT64)
RETURNS FLOAT64
AS ((
  SELECT bounds.lower_bound + RAND() * (bounds.upper_bound - bounds.lower_bound)
  FROM (SELECT `${dataset}.wilson_score_bounds`(successes, failures) AS bounds)
));
