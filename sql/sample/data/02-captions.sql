-- 45,000 captions: ids over the whole signed 64-bit range, every sixth text a repetition, 62.9 % bumps without a score,
-- and some invalid scores, as in the audit of production.
-- parameters: @seed INT64, @now TIMESTAMP
INSERT INTO `${dataset}.caption_bank` (
  caption_id, caption_text, content_category, price_tier, has_urgency, is_long_form,
  conversion_score, revenue_score, efficiency_score, overall_performance_score,
  avg_revenue, max_revenue, min_revenue, lifetime_revenue,
  avg_conversion_rate, best_conversion_rate, avg_revenue_per_recipient, avg_purchase_rate,
  total_sends, pages_used_count, total_reach, total_conversions, caption_length, days_since_last_use,
  sample_pages_used, successful_days, successful_hours,
  question_count, exclamation_count, emoji_count, min_price, max_price, avg_price,
  first_used, last_used, created_at, updated_at, usage_status, validation_level, caption_key
)
WITH numbered AS (
  SELECT
    n,
    IF(MOD(n, 6) = 0, n - 1, n) AS text_number,
    -- Half of the ids are negative, and nearly all are beyond 2^53.
    CAST(CONCAT('0x', SUBSTR(TO_HEX(MD5(CONCAT('caption:', CAST(@seed AS STRING), ':', CAST(n AS STRING)))), 1, 15)) AS INT64) * IF(MOD(n, 2) = 0, 1, -1) AS id,
    CAST(CONCAT('0x', SUBSTR(TO_HEX(MD5(CONCAT('shape:', CAST(@seed AS STRING), ':', CAST(n AS STRING)))), 1, 15)) AS INT64) AS h
  FROM UNNEST(GENERATE_ARRAY(1, 45000)) AS n
), shaped AS (
  SELECT
    n,
    id,
    (h & 65535) / 65536 AS u1,
    ((h >> 16) & 65535) / 65536 AS u2,
    ((h >> 32) & 65535) / 65536 AS u3,
    -- Multiplying by a prime walks through all residues, so that tiers, categories and words do not move together.
    MOD(n * 7919, 1000) AS tier_draw,
    MOD(text_number, 5) = 0 AS has_urgency,
    text_number,
    CONCAT(
      ['Good morning', 'Hey you', 'Just finished this', 'Thinking of you', 'A little surprise', 'New in my feed', 'Guess what'][OFFSET(MOD(text_number, 7))],
      ', ',
      ['a fresh set is waiting', 'something exclusive for you', 'everyone loves this one', 'want to see more?', 'my favourite so far', 'a quiet evening with me', 'only 3 left of these', 'tell me what you think'][OFFSET(MOD(DIV(text_number, 7), 8))],
      IF(MOD(text_number, 5) = 0, ', today only and limited', ''),
      ['', ' 🔥', ' 💌', '!', ' ✨'][OFFSET(MOD(DIV(text_number, 3), 5))],
      ' ',
      CAST(text_number AS STRING)
    ) AS caption_text
  FROM numbered
), tiered AS (
  SELECT
    *,
    CASE
      WHEN tier_draw < 629 THEN 'bump'
      WHEN tier_draw < 660 THEN 'low'
      WHEN tier_draw < 760 THEN 'budget'
      WHEN tier_draw < 870 THEN 'mid'
      WHEN tier_draw < 910 THEN 'high'
      WHEN tier_draw < 980 THEN 'premium'
      ELSE 'luxury'
    END AS price_tier
  FROM shaped
), priced AS (
  SELECT
    *,
    CASE price_tier WHEN 'bump' THEN 0.0 WHEN 'low' THEN 3.60 WHEN 'budget' THEN 6.60 WHEN 'mid' THEN 14.93 WHEN 'high' THEN 31.96 WHEN 'premium' THEN 35.46 ELSE 70.37 END AS mean_revenue
  FROM tiered
)
SELECT
  id,
  caption_text,
  ['Tease', 'Photo set', 'Video', 'Story', 'Behind the scenes', 'Question', 'Poll', 'Holiday', 'Announcement', 'Bundle', 'Live', 'Throwback', 'Custom', 'Chat', 'Countdown'][OFFSET(MOD(n * 31, 15))],
  price_tier,
  has_urgency,
  LENGTH(caption_text) > 60,
  IF(price_tier = 'bump', NULL, 100 * u1),
  IF(price_tier = 'bump', NULL, 100 * u2),
  IF(price_tier = 'bump', NULL, 100 * u3),
  CASE WHEN price_tier = 'bump' THEN NULL WHEN MOD(n, 23) = 0 THEN -1.0 ELSE 5 + 90 * u1 END,
  mean_revenue * (0.5 + u2),
  mean_revenue * (1.5 + u2),
  mean_revenue * 0.25 * u2,
  mean_revenue * (0.5 + u2) * (1 + MOD(n, 12)),
  0.001 + 0.004 * u1,
  0.002 + 0.008 * u1,
  0.005 + 0.01 * u2,
  0.0005 + 0.002 * u1,
  1 + MOD(n, 12),
  1 + MOD(n, 4),
  1000 * (1 + MOD(n, 12)),
  MOD(n, 40),
  LENGTH(caption_text),
  CAST(8 + FLOOR(200 * u3) AS INT64),
  [CONCAT('page_', LPAD(CAST(1 + MOD(n, 38) AS STRING), 2, '0'))],
  ['Friday'],
  [20],
  IF(STRPOS(caption_text, '?') > 0, 1.0, 0.0),
  IF(STRPOS(caption_text, '!') > 0, 1.0, 0.0),
  IF(MOD(DIV(text_number, 3), 5) IN (1, 2, 4), 1.0, 0.0),
  IF(price_tier = 'bump', 0.0, 5.0),
  IF(price_tier = 'bump', 0.0, 60.0),
  IF(price_tier = 'bump', 0.0, 20.0),
  TIMESTAMP_SUB(@now, INTERVAL 300 DAY),
  TIMESTAMP_SUB(@now, INTERVAL CAST(8 + FLOOR(200 * u3) AS INT64) DAY),
  TIMESTAMP_SUB(@now, INTERVAL 400 DAY),
  TIMESTAMP_SUB(@now, INTERVAL 30 DAY),
  CASE WHEN MOD(n, 20) < 14 THEN 'available' WHEN MOD(n, 20) < 17 THEN 'moderate_recency' ELSE 'recent' END,
  CASE WHEN price_tier = 'bump' THEN 'bump_caption' WHEN MOD(n, 3) = 0 THEN 'high' WHEN MOD(n, 3) = 1 THEN 'medium' ELSE 'single_page_tested' END,
  TO_HEX(MD5(caption_text))
FROM priced;
