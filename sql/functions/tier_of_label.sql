-- The tier of a price label in lower case and without blanks around it; NULL for a label that belongs to none.
CREATE OR REPLACE FUNCTION `${dataset}.tier_of_label`(label STRING)
RETURNS STRING
AS (
  CASE
    WHEN label IN ('bump', 'free') THEN 'bump'
    WHEN label IN ('low', 'budget') THEN 'budget'
    WHEN label IN ('mid', 'standard') THEN 'mid'
    WHEN label IN ('high', 'premium', 'luxury', 'vip') THEN 'premium'
  END
);
