-- Earnings of each content category and tier, the trend of the last 30 days against the 30 before, and the category's best tier.
CREATE OR REPLACE TABLE FUNCTION `${dataset}.analyze_content_categories`(p_page_name STRING, p_lookback_days INT64) AS
WITH used AS (
  SELECT
    IFNULL(bank.content_category, 'Uncategorised') AS category,
    IFNULL(`${dataset}.canonical_tier`(bank.price_tier), 'unknown') AS tier,
    messages.sending_time >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 30 DAY) AS is_recent,
    messages.sending_time < TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 30 DAY)
      AND messages.sending_time >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 60 DAY) AS is_previous,
    messages.price,
    messages.sent,
    messages.viewed,
    messages.purchased,
    messages.earnings,
    messages.conversion
  FROM `${dataset}.page_messages`(p_page_name, p_lookback_days) AS messages
  JOIN `${dataset}.caption_bank` AS bank
    ON bank.caption_id = messages.caption_id
),
grouped AS (
  SELECT
    category,
    tier,
    COUNT(*) AS msg_count,
    SAFE_DIVIDE(SUM(earnings), SUM(sent)) AS avg_rpr,
    SAFE_DIVIDE(SUM(purchased), SUM(viewed)) AS avg_conv,
    SAFE_DIVIDE(SUM(IF(is_recent, earnings, 0)), SUM(IF(is_recent, sent, 0))) AS recent_rpr,
    SAFE_DIVIDE(SUM(IF(is_previous, earnings, 0)), SUM(IF(is_previous, sent, 0))) AS previous_rpr,
    CORR(price, conversion) AS price_conv_corr
  FROM used
  GROUP BY category, tier
)
SELECT
  category,
  tier,
  msg_count,
  avg_rpr,
  avg_conv,
  CASE
    WHEN SAFE_DIVIDE(recent_rpr - previous_rpr, previous_rpr) > 0.10 THEN 'RISING'
    WHEN SAFE_DIVIDE(recent_rpr - previous_rpr, previous_rpr) < -0.10 THEN 'DECLINING'
    ELSE 'STABLE'
  END AS trend,
  -- A constant price has no correlation.
  IF(IS_NAN(price_conv_corr), NULL, price_conv_corr) AS price_conv_corr,
  FIRST_VALUE(tier) OVER (PARTITION BY category ORDER BY avg_rpr DESC, tier ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS best_price_tier
FROM grouped;
