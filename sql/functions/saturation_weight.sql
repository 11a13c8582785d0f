-- The weight of a low view rate in the saturation score, by account size; large pages feel it more. XL is an older name of MEGA.
CREATE OR REPLACE FUNCTION `${dataset}.saturation_weight`(p_account_size STRING)
RETURNS FLOAT64
AS (
  CASE UPPER(p_account_size)
    WHEN 'MEGA' THEN 0.30
    WHEN 'XL' THEN 0.30
    WHEN 'LARGE' THEN 0.25
    WHEN 'MEDIUM' THEN 0.20
    ELSE 0.15
  END
);
