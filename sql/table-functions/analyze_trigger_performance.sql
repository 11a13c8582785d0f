-- How each psychological trigger does against all messages of the page that carry a known caption.
-- Conversions are compared by a two-proportion z, earnings per recipient by a Welch-like t; 1.96 is significant.
CREATE OR REPLACE TABLE FUNCTION `${dataset}.analyze_trigger_performance`(p_page_name STRING, p_lookback_days INT64) AS
WITH used AS (
  SELECT bank.psychological_trigger, messages.converted, messages.conversion_base, messages.earnings, messages.earning_base, messages.rpr
  FROM `${dataset}.page_messages`(p_page_name, p_lookback_days) AS messages
  JOIN `${dataset}.caption_bank_enriched` AS bank
    ON bank.caption_id = messages.caption_id
),
overall AS (
  SELECT
    COUNT(*) AS n,
    SUM(conversion_base) AS viewed,
    SUM(converted) AS purchased,
    SAFE_DIVIDE(SUM(earnings), SUM(earning_base)) AS ratio_rpr,
    SAFE_DIVIDE(SUM(converted), SUM(conversion_base)) AS ratio_conversion,
    AVG(rpr) AS mean_rpr,
    VAR_SAMP(rpr) AS variance_rpr
  FROM used
),
grouped AS (
  SELECT
    psychological_trigger,
    COUNT(*) AS n,
    SUM(conversion_base) AS viewed,
    SUM(converted) AS purchased,
    SAFE_DIVIDE(SUM(earnings), SUM(earning_base)) AS ratio_rpr,
    SAFE_DIVIDE(SUM(converted), SUM(conversion_base)) AS ratio_conversion,
    AVG(rpr) AS mean_rpr,
    VAR_SAMP(rpr) AS variance_rpr
  FROM used
  GROUP BY psychological_trigger
),
compared AS (
  SELECT
    grouped.psychological_trigger,
    grouped.n,
    grouped.ratio_rpr,
    grouped.ratio_conversion,
    SAFE_DIVIDE(grouped.ratio_rpr - overall.ratio_rpr, overall.ratio_rpr) * 100 AS rpr_lift_pct,
    SAFE_DIVIDE(grouped.ratio_conversion - overall.ratio_conversion, overall.ratio_conversion) * 100 AS conv_lift_pct,
    SAFE_DIVIDE(grouped.purchased + overall.purchased, grouped.viewed + overall.viewed) AS pooled,
    SAFE_DIVIDE(1, grouped.viewed) + SAFE_DIVIDE(1, overall.viewed) AS inverse_views,
    grouped.ratio_conversion - overall.ratio_conversion AS conversion_difference,
    SAFE_DIVIDE(grouped.mean_rpr - overall.mean_rpr, SQRT(SAFE_DIVIDE(grouped.variance_rpr, grouped.n) + SAFE_DIVIDE(overall.variance_rpr, overall.n))) AS t_rpr,
    `${dataset}.wilson_score_bounds`(
      CAST(ROUND(IFNULL(grouped.purchased, 0.0)) AS INT64),
      CAST(ROUND(IFNULL(grouped.viewed, 0) - IFNULL(grouped.purchased, 0.0)) AS INT64)
    ) AS bounds
  FROM grouped
  CROSS JOIN overall
),
tested AS (
  SELECT
    *,
    -- A share above 1 (more buyers than viewers) has no deviation.
    SAFE_DIVIDE(conversion_difference, SQRT(GREATEST(0.0, pooled * (1 - pooled)) * inverse_views)) AS z_conv
  FROM compared
)
SELECT
  psychological_trigger AS trigger,
  n AS msg_count,
  ratio_rpr AS avg_rpr,
  ratio_conversion AS avg_conv,
  rpr_lift_pct,
  conv_lift_pct,
  z_conv,
  t_rpr,
  IFNULL(ABS(z_conv) >= 1.96, FALSE) AS conv_significant,
  IFNULL(ABS(t_rpr) >= 1.96, FALSE) AS rpr_significant,
  bounds.lower_bound AS conv_ci_lower,
  bounds.upper_bound AS conv_ci_upper
FROM tested;
