-- Earnings and conversion by hour, on weekdays and at weekends (Saturday and Sunday), and how far the numbers can be trusted.
CREATE OR REPLACE TABLE FUNCTION `${dataset}.analyze_time_windows`(p_page_name STRING, p_lookback_days INT64) AS
WITH used AS (
  SELECT
    IF(send_dayofweek IN (1, 7), 'Weekend', 'Weekday') AS day_type,
    send_hour,
    converted,
    conversion_base,
    earnings,
    earning_base
  FROM `${dataset}.page_messages`(p_page_name, p_lookback_days)
)
SELECT
  day_type,
  send_hour AS hour,
  COUNT(*) AS n,
  SAFE_DIVIDE(SUM(earnings), SUM(earning_base)) AS avg_rpr,
  SAFE_DIVIDE(SUM(converted), SUM(conversion_base)) AS avg_conv,
  CASE WHEN COUNT(*) >= 10 THEN 'HIGH' WHEN COUNT(*) >= 5 THEN 'MED' ELSE 'LOW' END AS confidence
FROM used
GROUP BY day_type, send_hour;
