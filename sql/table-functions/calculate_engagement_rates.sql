-- Rates of all messages, of PPVs and of bumps: always three rows, with the Wilson interval of buyers among viewers.
CREATE OR REPLACE TABLE FUNCTION `${dataset}.calculate_engagement_rates`(p_page_name STRING, p_lookback_days INT64) AS
WITH totals AS (
  SELECT
    kinds.message_kind,
    COUNT(messages.sending_time) AS message_count,
    IFNULL(SUM(messages.sent), 0) AS total_sent,
    IFNULL(SUM(messages.viewed), 0) AS total_viewed,
    IFNULL(SUM(messages.purchased), 0.0) AS total_purchased,
    IFNULL(SUM(messages.earnings), 0.0) AS total_earnings,
    IFNULL(AVG(messages.emv), 0.0) AS avg_emv
  FROM UNNEST([STRUCT('ALL' AS message_kind), STRUCT('PPV'), STRUCT('BUMP')]) AS kinds
  LEFT JOIN `${dataset}.page_messages`(p_page_name, p_lookback_days) AS messages
    ON kinds.message_kind = 'ALL' OR kinds.message_kind = messages.message_kind
  GROUP BY kinds.message_kind
),
bounded AS (
  SELECT
    message_kind,
    message_count,
    total_sent,
    total_viewed,
    total_purchased,
    total_earnings,
    avg_emv,
    `${dataset}.wilson_score_bounds`(CAST(ROUND(total_purchased) AS INT64), CAST(ROUND(total_viewed - total_purchased) AS INT64)) AS bounds
  FROM totals
)
SELECT
  message_kind,
  message_count,
  total_sent,
  IFNULL(SAFE_DIVIDE(total_viewed, total_sent), 0.0) AS view_rate,
  IFNULL(SAFE_DIVIDE(total_purchased, total_viewed), 0.0) AS conversion_rate,
  IFNULL(SAFE_DIVIDE(total_purchased, total_sent), 0.0) AS purchase_rate,
  IFNULL(SAFE_DIVIDE(total_earnings, total_sent), 0.0) AS rpr,
  avg_emv,
  bounds.lower_bound AS wilson_lower,
  bounds.upper_bound AS wilson_upper
FROM bounded;
