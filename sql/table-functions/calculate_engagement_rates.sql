-- Rates of all messages, of PPVs and of bumps: always three rows, with the Wilson interval of buyers among viewers.
CREATE OR REPLACE TABLE FUNCTION `${dataset}.calculate_engagement_rates`(p_page_name STRING, p_lookback_days INT64) AS
WITH totals AS (
  SELECT
    kinds.message_kind,
    COUNT(messages.sending_time) AS message_count,
    IFNULL(SUM(messages.sent), 0) AS total_sent,
    SAFE_DIVIDE(SUM(messages.viewed), SUM(messages.view_base)) AS view_rate,
    SAFE_DIVIDE(SUM(messages.purchased), SUM(messages.purchase_base)) AS purchase_rate,
    SAFE_DIVIDE(SUM(messages.earnings), SUM(messages.earning_base)) AS rpr,
    IFNULL(SUM(messages.converted), 0.0) AS buyers,
    IFNULL(SUM(messages.conversion_base), 0) AS viewers,
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
    view_rate,
    purchase_rate,
    rpr,
    buyers,
    viewers,
    avg_emv,
    `${dataset}.wilson_score_bounds`(CAST(ROUND(buyers) AS INT64), CAST(ROUND(viewers - buyers) AS INT64)) AS bounds
  FROM totals
)
SELECT
  message_kind,
  message_count,
  total_sent,
  IFNULL(view_rate, 0.0) AS view_rate,
  IFNULL(SAFE_DIVIDE(buyers, viewers), 0.0) AS conversion_rate,
  IFNULL(purchase_rate, 0.0) AS purchase_rate,
  IFNULL(rpr, 0.0) AS rpr,
  avg_emv,
  bounds.lower_bound AS wilson_lower,
  bounds.upper_bound AS wilson_upper
FROM bounded;
