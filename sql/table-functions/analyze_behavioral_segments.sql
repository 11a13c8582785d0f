-- What a page's audience spends: the segment by earnings per recipient, how price moves earnings and conversion, and how varied the content is.
-- Slopes and correlations are over paid messages; the elasticity is the slope of log conversion on log price. Entropy is in bits.
CREATE OR REPLACE TABLE FUNCTION `${dataset}.analyze_behavioral_segments`(p_page_name STRING, p_lookback_days INT64) AS
WITH used AS (
  SELECT caption_id, message_kind, price, converted, conversion_base, earnings, earning_base, rpr, conversion
  FROM `${dataset}.page_messages`(p_page_name, p_lookback_days)
),
totals AS (
  SELECT
    COUNT(*) AS sample_size,
    IFNULL(SAFE_DIVIDE(SUM(earnings), SUM(earning_base)), 0.0) AS avg_rpr,
    IFNULL(SAFE_DIVIDE(SUM(converted), SUM(conversion_base)), 0.0) AS avg_conv
  FROM used
),
priced AS (
  SELECT
    SAFE_DIVIDE(COVAR_SAMP(rpr, price), VAR_SAMP(price)) AS rpr_price_slope,
    CORR(rpr, price) AS rpr_price_corr,
    SAFE_DIVIDE(
      COVAR_SAMP(IF(conversion > 0, LN(conversion), NULL), IF(conversion > 0, LN(price), NULL)),
      VAR_SAMP(IF(conversion > 0, LN(price), NULL))
    ) AS conv_price_elasticity_proxy
  FROM used
  WHERE message_kind = 'PPV'
),
categories AS (
  SELECT IFNULL(bank.content_category, 'Uncategorised') AS category, COUNT(*) AS n
  FROM used
  JOIN `${dataset}.caption_bank` AS bank
    ON bank.caption_id = used.caption_id
  GROUP BY category
),
shares AS (
  SELECT SAFE_DIVIDE(n, SUM(n) OVER ()) AS share
  FROM categories
),
entropy AS (
  SELECT IFNULL(-SUM(share * LOG(share, 2)), 0.0) AS category_entropy
  FROM shares
)
SELECT
  CASE
    WHEN totals.sample_size < 20 THEN 'EXPLORATORY'
    WHEN totals.avg_rpr < 0.5 THEN 'BUDGET'
    WHEN totals.avg_rpr < 2 THEN 'STANDARD'
    WHEN totals.avg_rpr < 5 THEN 'PREMIUM'
    ELSE 'LUXURY'
  END AS segment_label,
  totals.avg_rpr,
  totals.avg_conv,
  priced.rpr_price_slope,
  IF(IS_NAN(priced.rpr_price_corr), NULL, priced.rpr_price_corr) AS rpr_price_corr,
  priced.conv_price_elasticity_proxy,
  entropy.category_entropy,
  totals.sample_size
FROM totals
CROSS JOIN priced
CROSS JOIN entropy;
