-- Selectable captions of the former release: a score is asked of bumps as well, so no bump ever qualifies.
CREATE OR REPLACE VIEW `${dataset}.available_captions` AS
SELECT
  caption_id,
  caption_text,
  content_category,
  price_tier,
  has_urgency,
  overall_performance_score,
  usage_status
FROM `${dataset}.caption_bank`
WHERE usage_status IN ('available', 'moderate_recency')
  AND overall_performance_score > 0;
