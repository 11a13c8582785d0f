-- Earnings of each content category and tier, the trend of the last 30 days against the 30 before, and the category's best tier.
-- The trend reads its 60 days also when the lookback is shorter; all else is of the lookback.
CREATE OR REPLACE TABLE FUNCTION `${dataset}.analyze_content_categories`(p_page_name STRING, p_lookback_days INT64) AS
WITH used AS (
  SELECT
    IFNULL(bank.content_category, 'Uncategorised') AS category,
    IFNULL(`${dataset}.canonical_tier`(bank.price_tier), 'unknown') AS tier,
    messages.sending_time >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL GREATEST(p_lookback_days, 1) DAY) AS is_counted,
    messages.sending_time >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 30 DAY) AS is_recent,
    messages.sending_time < TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 30 DAY)
      AND messages.sending_time >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 60 DAY) AS is_previous,
    messages.price,
    messages.converted,
    messages.conversion_base,
    messages.earnings,
    messages.earning_base,
    messages.conversion
  FROM `${dataset}.page_messages`(p_page_name, GREATEST(p_lookback_days, 60)) AS messages
  JOIN `${dataset}.caption_bank` AS bank
    ON bank.caption_id = messages.caption_id
),
grouped AS (
  SELECT
    category,
    tier,
    COUNTIF(is_counted) AS msg_count,
    SAFE_DIVIDE(SUM(IF(is_counted, earnings, NULL)), SUM(IF(is_counted, earning_base, NULL))) AS avg_rpr,
    SAFE_DIVIDE(SUM(IF(is_counted, converted, NULL)), SUM(IF(is_counted, conversion_base, NULL))) AS avg_conv,
    SAFE_DIVIDE(SUM(IF(is_recent, earnings, NULL)), SUM(IF(is_recent, earning_base, NULL))) AS recent_rpr,
    SAFE_DIVIDE(SUM(IF(is_previous, earnings, NULL)), SUM(IF(is_previous, earning_base, NULL))) AS previous_rpr,
    CORR(IF(is_counted, price, NULL), conversion) AS price_conv_corr
  FROM used
  GROUP BY category, tier
  HAVING COUNTIF(is_counted) > 0
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
