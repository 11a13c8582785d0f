-- What there is to choose from: captions of each tier, how many may be used, are reserved or rest, and how many stand unmapped.
-- Fewer than 500 available captions over all are a warning, fewer than 200 critical; a tier of none left to use is critical.
WITH bank AS (
  SELECT
    IFNULL(`${dataset}.canonical_tier`(captions.price_tier), 'unmapped') AS tier,
    available.caption_id IS NOT NULL AS is_available,
    used.caption_id IS NOT NULL AS is_resting,
    held.caption_id IS NOT NULL AS is_reserved
  FROM `${dataset}.caption_bank` AS captions
  LEFT JOIN (SELECT caption_id FROM `${dataset}.available_captions`) AS available
    ON available.caption_id = captions.caption_id
  LEFT JOIN (SELECT DISTINCT caption_id FROM `${dataset}.recent_caption_usage_v`) AS used
    ON used.caption_id = captions.caption_id
  LEFT JOIN (SELECT DISTINCT caption_id FROM `${dataset}.active_caption_assignments` WHERE is_active) AS held
    ON held.caption_id = captions.caption_id
),
grouped AS (
  SELECT
    tier,
    COUNT(*) AS captions,
    COUNTIF(is_available) AS available,
    COUNTIF(is_reserved) AS reserved,
    COUNTIF(is_resting) AS resting,
    COUNTIF(is_available AND NOT is_resting) AS free_to_use
  FROM bank
  GROUP BY tier
)
SELECT
  tier,
  captions,
  available,
  reserved,
  resting,
  free_to_use,
  CASE
    WHEN tier = 'unmapped' THEN 'INFO'
    WHEN free_to_use = 0 OR SUM(available) OVER () < 200 THEN 'CRITICAL'
    WHEN SUM(available) OVER () < 500 THEN 'WARNING'
    ELSE 'INFO'
  END AS level
FROM grouped
ORDER BY tier;
