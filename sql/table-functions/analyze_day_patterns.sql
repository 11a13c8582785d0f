-- Earnings and conversion by weekday (1 = Sunday), each against the whole: t = (mean_d - mean) / sqrt(s_d²/n_d + s²/n).
CREATE OR REPLACE TABLE FUNCTION `${dataset}.analyze_day_patterns`(p_page_name STRING, p_lookback_days INT64) AS
WITH used AS (
  SELECT send_dayofweek, converted, conversion_base, earnings, earning_base, rpr
  FROM `${dataset}.page_messages`(p_page_name, p_lookback_days)
),
overall AS (
  SELECT COUNT(*) AS n, AVG(rpr) AS mean_rpr, VAR_SAMP(rpr) AS variance_rpr
  FROM used
),
grouped AS (
  SELECT
    send_dayofweek,
    COUNT(*) AS n,
    SAFE_DIVIDE(SUM(earnings), SUM(earning_base)) AS avg_rpr,
    SAFE_DIVIDE(SUM(converted), SUM(conversion_base)) AS avg_conv,
    AVG(rpr) AS mean_rpr,
    VAR_SAMP(rpr) AS variance_rpr
  FROM used
  GROUP BY send_dayofweek
),
tested AS (
  SELECT
    grouped.send_dayofweek,
    grouped.n,
    grouped.avg_rpr,
    grouped.avg_conv,
    SAFE_DIVIDE(grouped.mean_rpr - overall.mean_rpr, SQRT(SAFE_DIVIDE(grouped.variance_rpr, grouped.n) + SAFE_DIVIDE(overall.variance_rpr, overall.n))) AS t_rpr
  FROM grouped
  CROSS JOIN overall
)
SELECT
  send_dayofweek AS dow,
  n,
  avg_rpr,
  avg_conv,
  t_rpr,
  IFNULL(ABS(t_rpr) >= 1.96, FALSE) AS significant
FROM tested;
