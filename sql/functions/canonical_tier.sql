-- The tier of a raw price label as it stands in the bank: budget, mid, premium or bump; NULL for a label that belongs to none.
CREATE OR REPLACE FUNCTION `${dataset}.canonical_tier`(price_tier STRING)
RETURNS STRING
AS (
  `${dataset}.tier_of_label`(LOWER(TRIM(price_tier)))
);
