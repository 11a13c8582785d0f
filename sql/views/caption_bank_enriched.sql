-- The caption bank with the psychological trigger of each text; the first rule that matches wins.
CREATE OR REPLACE VIEW `${dataset}.caption_bank_enriched` AS
SELECT
  caption_id, caption_text, content_category, price_tier, has_urgency, is_long_form, conversion_score, revenue_score,
  efficiency_score, overall_performance_score, avg_revenue, max_revenue, min_revenue, lifetime_revenue,
  avg_conversion_rate, best_conversion_rate, avg_revenue_per_recipient, avg_purchase_rate, total_sends,
  pages_used_count, total_reach, total_conversions, caption_length, days_since_last_use, sample_pages_used,
  successful_days, successful_hours, question_count, exclamation_count, emoji_count, min_price, max_price, avg_price,
  first_used, last_used, created_at, updated_at, usage_status, validation_level, caption_key,
  CASE
    WHEN has_urgency AND REGEXP_CONTAINS(caption_text, r'(?i)(now|today|limited|expir)') THEN 'Urgency'
    WHEN REGEXP_CONTAINS(caption_text, r'(?i)(exclusive|vip|special|members only)') THEN 'Exclusivity'
    WHEN REGEXP_CONTAINS(caption_text, r'(?i)(only [0-9]+ left|last chance)') THEN 'Scarcity'
    WHEN REGEXP_CONTAINS(caption_text, r'(?i)(everyone|fans love|popular)') THEN 'Social Proof'
    WHEN STRPOS(caption_text, '?') > 0 THEN 'Curiosity'
    ELSE 'General'
  END AS psychological_trigger
FROM `${dataset}.caption_bank`;
