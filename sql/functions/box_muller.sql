-- A standard normal value from two uniform ones: sqrt(-2·ln(u1))·cos(2π·u2), u1 in (0, 1], u2 in [0, 1).
CREATE OR REPLACE FUNCTION `${dataset}.box_muller`(u1 FLOAT64, u2 FLOAT64)
RETURNS FLOAT64
AS (
  SQRT(-2.0 * LN(u1)) * COS(2.0 * ACOS(-1.0) * u2)
);
