-- The tier of a raw price label: budget, mid, premium or bump; NULL for a label that belongs to none.
CREATE OR REPLACE FUNCTION `${dataset}.canonical_tier`(price_tier STRING)
RETURNS STRING
AS (
  CASE LOWER(TRIM(price_tier))
    WHEN 'low' THEN 'budget'
    WHEN 'budget' THEN 'budget'
    WHEN 'mid' THEN 'mid'
    WHEN 'standard' THEN 'mid'
    WHEN 'high' THEN 'premium'
    WHEN 'premium' THEN 'premium'
    WHEN 'luxury' THEN 'premium'
    WHEN 'vip' THEN 'premium'
    WHEN 'bump' THEN 'bump'
    WHEN 'free' THEN 'bump'
  END
);
