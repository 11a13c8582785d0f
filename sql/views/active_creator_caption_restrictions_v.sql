-- The restrictions in force: the newest active version of each page, with the default pool minima.
CREATE OR REPLACE VIEW `${dataset}.active_creator_caption_restrictions_v` AS
SELECT
  page_name,
  restriction_text,
  hard_patterns,
  soft_patterns,
  restricted_categories,
  restricted_price_tiers,
  IFNULL(applies_to_scope, 'ALL') AS applies_to_scope,
  IFNULL(min_ppv_pool, 200) AS min_ppv_pool,
  IFNULL(min_bump_pool, 50) AS min_bump_pool,
  updated_at,
  updated_by,
  version
FROM `${dataset}.creator_caption_restrictions`
WHERE is_active
QUALIFY ROW_NUMBER() OVER (PARTITION BY page_name ORDER BY version DESC, updated_at DESC) = 1;
