-- Gate test #2: the selector fills 5/5/5/3 for the fixture page, without what 2-selector-guards.sql reserved and forbade. One row a check.
CALL `${dataset}.select_captions_for_creator`('test_creator', 'High-Value/Price-Insensitive', 5, 5, 5, 3);

WITH result AS (
  SELECT budget_captions, mid_captions, premium_captions, bump_captions
  FROM `${dataset}.caption_selector_results`
  WHERE page_name = 'test_creator'
), picked AS (
  SELECT caption.caption_id, caption.thompson_score, caption.final_score
  FROM result
  CROSS JOIN UNNEST(ARRAY_CONCAT(budget_captions, mid_captions, premium_captions, bump_captions)) AS caption
), sizes AS (
  SELECT
    COUNT(*) AS pages,
    MAX(ARRAY_LENGTH(budget_captions)) AS budget,
    MAX(ARRAY_LENGTH(mid_captions)) AS mid,
    MAX(ARRAY_LENGTH(premium_captions)) AS premium,
    MAX(ARRAY_LENGTH(bump_captions)) AS bump
  FROM result
), facts AS (
  SELECT
    COUNT(*) AS captions,
    COUNT(DISTINCT caption_id) AS distinct_captions,
    COUNTIF(thompson_score BETWEEN 0 AND 1 AND final_score BETWEEN 0 AND 1) AS in_range,
    MIN(LEAST(thompson_score, final_score)) AS low,
    MAX(GREATEST(thompson_score, final_score)) AS high
  FROM picked
), kept AS (
  -- What has to be left alone stands there, and none of it was chosen.
  SELECT
    COUNTIF(used.caption_id IS NOT NULL) AS locked,
    COUNTIF(rules.page_name IS NOT NULL) AS restricted,
    COUNTIF(picked.caption_id IS NOT NULL AND used.caption_id IS NOT NULL) AS locked_picks,
    COUNTIF(picked.caption_id IS NOT NULL AND rules.page_name IS NOT NULL) AS restricted_picks
  FROM `${dataset}.caption_bank` AS bank
  LEFT JOIN (SELECT DISTINCT caption_id FROM `${dataset}.recent_caption_usage_v`) AS used
    ON used.caption_id = bank.caption_id
  LEFT JOIN (
    SELECT page_name, LOWER(category) AS category
    FROM `${dataset}.active_creator_caption_restrictions_v`
    CROSS JOIN UNNEST(restricted_categories) AS category
    WHERE page_name = 'test_creator'
  ) AS rules
    ON rules.category = LOWER(bank.content_category)
  LEFT JOIN picked
    ON picked.caption_id = bank.caption_id
  WHERE bank.usage_status = 'test_only'
)
SELECT 'one result row' AS check_name, sizes.pages = 1 AS passed, CONCAT(CAST(sizes.pages AS STRING), ' rows') AS evidence FROM sizes
UNION ALL
SELECT 'no array NULL', sizes.budget IS NOT NULL AND sizes.mid IS NOT NULL AND sizes.premium IS NOT NULL AND sizes.bump IS NOT NULL, 'budget, mid, premium and bump' FROM sizes
UNION ALL
SELECT 'quotas', IFNULL(sizes.budget = 5 AND sizes.mid = 5 AND sizes.premium = 5 AND sizes.bump = 3, FALSE), IFNULL(CONCAT(CAST(sizes.budget AS STRING), '/', CAST(sizes.mid AS STRING), '/', CAST(sizes.premium AS STRING), '/', CAST(sizes.bump AS STRING)), 'an array is NULL') FROM sizes
UNION ALL
SELECT 'no caption twice', facts.captions = 18 AND facts.distinct_captions = 18, CONCAT(CAST(facts.distinct_captions AS STRING), ' of ', CAST(facts.captions AS STRING), ' distinct') FROM facts
UNION ALL
SELECT 'scores in [0, 1]', facts.captions > 0 AND facts.in_range = facts.captions, IFNULL(CONCAT(FORMAT('%.3f', facts.low), ' to ', FORMAT('%.3f', facts.high)), 'no caption') FROM facts
UNION ALL
SELECT
  'none locked or restricted',
  kept.locked > 0 AND kept.restricted > 0 AND kept.locked_picks = 0 AND kept.restricted_picks = 0,
  CONCAT(CAST(kept.locked_picks AS STRING), ' of ', CAST(kept.locked AS STRING), ' locked and ', CAST(kept.restricted_picks AS STRING), ' of ', CAST(kept.restricted AS STRING), ' restricted captions chosen')
FROM kept;
