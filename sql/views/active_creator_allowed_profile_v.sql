-- The allow-lists in force: the newest active version of each page.
CREATE OR REPLACE VIEW `${dataset}.active_creator_allowed_profile_v` AS
SELECT
  page_name,
  allowed_ppv_categories,
  allowed_ppv_tiers,
  allowed_bump_categories,
  allowed_bump_tiers,
  updated_at,
  updated_by,
  version
FROM `${dataset}.creator_allowed_profile`
WHERE is_active
QUALIFY ROW_NUMBER() OVER (PARTITION BY page_name ORDER BY version DESC, updated_at DESC) = 1;
