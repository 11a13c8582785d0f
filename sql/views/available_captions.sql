-- Captions that may be used, each with its canonical tier and the key of its normalised text.
-- A score above 0 is asked of paid tiers only: bumps are never scored. Labels without a tier are left out.
CREATE OR REPLACE VIEW `${dataset}.available_captions` AS
SELECT
  caption_id, caption_text, content_category, price_tier, has_urgency, is_long_form, conversion_score, revenue_score,
  efficiency_score, overall_performance_score, avg_revenue, max_revenue, min_revenue, lifetime_revenue,
  avg_conversion_rate, best_conversion_rate, avg_revenue_per_recipient, avg_purchase_rate, total_sends,
  pages_used_count, total_reach, total_conversions, caption_length, days_since_last_use, sample_pages_used,
  successful_days, successful_hours, question_count, exclamation_count, emoji_count, min_price, max_price, avg_price,
  first_used, last_used, created_at, updated_at, usage_status, validation_level, caption_key,
  psychological_trigger,
  tier,
  `${dataset}.caption_key_v2`(caption_text) AS caption_key_norm
FROM (
  SELECT bank.*, `${dataset}.canonical_tier`(bank.price_tier) AS tier
  FROM `${dataset}.caption_bank_enriched` AS bank
  WHERE bank.usage_status IN ('available', 'moderate_recency')
)
WHERE (overall_performance_score > 0 AND tier IS NOT NULL) OR tier = 'bump';
