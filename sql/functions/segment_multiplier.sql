-- How much a tier suits an audience: 1.25 for premium captions to price-insensitive audiences, 1.15 for budget and mid ones to budget-conscious, else 1.
-- The analyzer's labels are accepted beside the selector's own.
CREATE OR REPLACE FUNCTION `${dataset}.segment_multiplier`(p_behavioral_segment STRING, p_tier STRING)
RETURNS FLOAT64
AS (
  CASE
    WHEN UPPER(TRIM(p_behavioral_segment)) IN ('HIGH-VALUE/PRICE-INSENSITIVE', 'PREMIUM', 'LUXURY') AND p_tier = 'premium' THEN 1.25
    WHEN UPPER(TRIM(p_behavioral_segment)) IN ('BUDGET-CONSCIOUS', 'BUDGET') AND p_tier IN ('budget', 'mid') THEN 1.15
    ELSE 1.0
  END
);
