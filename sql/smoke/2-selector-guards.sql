-- Gate test #2, before the calls: what the selector has to leave alone. One caption of each tier is reserved by another page, and one
-- category is forbidden to the test page. What an attempt before left goes first. 2-selector-clean-up.sql takes all of it back.
DECLARE v_today DATE DEFAULT CURRENT_DATE('${timezone}');
DECLARE v_forbidden STRING DEFAULT (
  SELECT MIN(content_category)
  FROM `${dataset}.caption_bank`
  WHERE usage_status = 'test_only'
);

DELETE FROM `${dataset}.active_caption_assignments`
WHERE schedule_id = 'smoke_2';

DELETE FROM `${dataset}.creator_caption_restrictions`
WHERE page_name = 'test_creator' AND updated_by = 'smoke_2';

INSERT INTO `${dataset}.active_caption_assignments` (page_name, caption_id, caption_text, assigned_date, scheduled_send_date, scheduled_send_hour, price_tier, is_active, assigned_at, schedule_id)
SELECT 'test_other', bank.caption_id, bank.caption_text, v_today, DATE_ADD(v_today, INTERVAL 1 DAY), 9, bank.price_tier, TRUE, CURRENT_TIMESTAMP(), 'smoke_2'
FROM `${dataset}.caption_bank` AS bank
WHERE bank.usage_status = 'test_only' AND bank.content_category != v_forbidden
QUALIFY ROW_NUMBER() OVER (PARTITION BY bank.price_tier ORDER BY bank.caption_id) = 1;

INSERT INTO `${dataset}.creator_caption_restrictions` (
  page_name, restriction_text, hard_patterns, soft_patterns, restricted_categories, restricted_price_tiers, applies_to_scope, min_ppv_pool, min_bump_pool, is_active, updated_at, updated_by, version
)
SELECT 'test_creator', 'Gate test of the selector', CAST([] AS ARRAY<STRING>), CAST([] AS ARRAY<STRING>), [v_forbidden], CAST([] AS ARRAY<STRING>), 'ALL', 0, 0, TRUE, CURRENT_TIMESTAMP(), 'smoke_2', 1
FROM (SELECT 1);
