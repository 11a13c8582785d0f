-- The tier of a raw price label: budget, mid, premium or bump; NULL for a label that belongs to none.
CREATE OR REPLACE FUNCTION `${dataset}.canonical_tier`(price_tier STRING)
RETURNS STRING
AS (
  CASE
    WHEN LOWER(TRIM(price_tier)) IN ('bump', 'free') THEN 'bump'
    WHEN LOWER(TRIM(price_tier)) IN ('low', 'budget') THEN 'budget'
    WHEN LOWER(TRIM(price_tier)) IN ('mid', 'standard') THEN 'mid'
    WHEN LOWER(TRIM(price_tier)) IN ('high', 'premium', 'luxury', 'vip') THEN 'premium'
  END
);
