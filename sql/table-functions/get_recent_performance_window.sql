-- One row a day with messages, with a trailing mean of the last seven such days.
CREATE OR REPLACE TABLE FUNCTION `${dataset}.get_recent_performance_window`(p_page_name STRING, p_window_days INT64) AS
WITH days AS (
  SELECT
    send_date,
    COUNT(*) AS message_count,
    COUNTIF(message_kind = 'PPV') AS ppv_count,
    COUNTIF(message_kind = 'BUMP') AS bump_count,
    SUM(sent) AS sent,
    IFNULL(SUM(viewed), 0) AS viewed,
    IFNULL(SUM(purchased), 0.0) AS purchased,
    IFNULL(SUM(earnings), 0.0) AS earnings,
    SAFE_DIVIDE(SUM(viewed), SUM(view_base)) AS view_rate,
    SAFE_DIVIDE(SUM(converted), SUM(conversion_base)) AS conversion_rate,
    SAFE_DIVIDE(SUM(earnings), SUM(earning_base)) AS rpr,
    AVG(emv) AS avg_emv
  FROM `${dataset}.page_messages`(p_page_name, p_window_days)
  GROUP BY send_date
)
SELECT
  days.send_date,
  EXTRACT(DAYOFWEEK FROM days.send_date) AS day_of_week,
  days.message_count,
  days.ppv_count,
  days.bump_count,
  days.sent,
  days.viewed,
  days.purchased,
  days.earnings,
  days.view_rate,
  days.conversion_rate,
  days.rpr,
  days.avg_emv,
  AVG(days.rpr) OVER (ORDER BY days.send_date ROWS BETWEEN 6 PRECEDING AND CURRENT ROW) AS rpr_trailing_7,
  holidays.holiday_date IS NOT NULL AS is_holiday
FROM days
LEFT JOIN `${dataset}.holiday_calendar` AS holidays
  ON holidays.holiday_date = days.send_date;
