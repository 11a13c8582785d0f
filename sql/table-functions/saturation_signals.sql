-- What saturation is judged by: how far the last days of a page lie from what its weekday and holidays let expect.
-- The last R days with messages before today (R = a quarter of the lookback, at most 7) stand against the earlier days of the window.
CREATE OR REPLACE TABLE FUNCTION `${dataset}.saturation_signals`(p_page_name STRING, p_lookback_days INT64) AS
WITH days AS (
  SELECT
    DATE(sending_time, '${timezone}') AS send_date,
    COUNTIF(page_name = p_page_name) AS messages,
    AVG(IF(page_name = p_page_name, SAFE_DIVIDE(viewed_count, sent_count), NULL)) AS view_rate,
    AVG(IF(page_name = p_page_name, SAFE_DIVIDE(earnings, sent_count), NULL)) AS rpr,
    AVG(IF(page_name != p_page_name, SAFE_DIVIDE(viewed_count, sent_count), NULL)) AS platform_view_rate
  FROM `${dataset}.mass_messages`
  WHERE sending_time >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL GREATEST(p_lookback_days, 1) DAY)
    AND sending_time <= CURRENT_TIMESTAMP()
    AND sent_count > 0
  GROUP BY send_date
),
numbered AS (
  SELECT
    send_date,
    EXTRACT(DAYOFWEEK FROM send_date) AS send_dayofweek,
    view_rate,
    rpr,
    platform_view_rate,
    ROW_NUMBER() OVER (ORDER BY send_date DESC) AS days_back
  FROM days
  WHERE messages > 0
    AND send_date < CURRENT_DATE('${timezone}')
),
baseline_days AS (
  SELECT send_date, send_dayofweek, view_rate, rpr, platform_view_rate
  FROM numbered
  WHERE days_back > LEAST(7, GREATEST(1, DIV(p_lookback_days, 4)))
),
baseline AS (
  SELECT
    COUNT(*) AS baseline_days,
    AVG(view_rate) AS view_rate,
    AVG(rpr) AS rpr,
    AVG(platform_view_rate) AS platform_view_rate
  FROM baseline_days
),
weekday_baseline AS (
  SELECT
    send_dayofweek,
    COUNT(view_rate) AS view_rate_days,
    COUNT(rpr) AS rpr_days,
    COUNT(platform_view_rate) AS platform_days,
    AVG(view_rate) AS view_rate,
    AVG(rpr) AS rpr,
    AVG(platform_view_rate) AS platform_view_rate
  FROM baseline_days
  GROUP BY send_dayofweek
),
expected AS (
  SELECT
    recent.send_date,
    recent.view_rate,
    recent.rpr,
    recent.platform_view_rate,
    holidays.holiday_date IS NOT NULL AS is_holiday,
    IFNULL(holidays.saturation_impact_factor, 1.0) * IF(weekday_baseline.view_rate_days >= 2, weekday_baseline.view_rate, baseline.view_rate) AS expected_view_rate,
    IFNULL(holidays.saturation_impact_factor, 1.0) * IF(weekday_baseline.rpr_days >= 2, weekday_baseline.rpr, baseline.rpr) AS expected_rpr,
    IFNULL(holidays.saturation_impact_factor, 1.0) * IF(weekday_baseline.platform_days >= 2, weekday_baseline.platform_view_rate, baseline.platform_view_rate) AS expected_platform_view_rate
  FROM numbered AS recent
  CROSS JOIN baseline
  LEFT JOIN weekday_baseline
    ON weekday_baseline.send_dayofweek = recent.send_dayofweek
  LEFT JOIN `${dataset}.holiday_calendar` AS holidays
    ON holidays.holiday_date = recent.send_date
  WHERE recent.days_back <= LEAST(7, GREATEST(1, DIV(p_lookback_days, 4)))
),
deviations AS (
  SELECT
    send_date,
    is_holiday,
    SAFE_DIVIDE(view_rate - expected_view_rate, expected_view_rate) AS view_rate_deviation,
    SAFE_DIVIDE(rpr - expected_rpr, expected_rpr) AS rpr_deviation,
    SAFE_DIVIDE(platform_view_rate - expected_platform_view_rate, expected_platform_view_rate) AS platform_deviation
  FROM expected
),
last_good AS (
  SELECT MAX(IF(IFNULL(rpr_deviation < -0.20, FALSE), NULL, send_date)) AS good_date
  FROM deviations
),
streak AS (
  SELECT COUNT(*) AS underperform_days
  FROM deviations
  CROSS JOIN last_good
  WHERE last_good.good_date IS NULL OR deviations.send_date > last_good.good_date
)
SELECT
  recent.view_rate_deviation,
  recent.rpr_deviation,
  recent.platform_deviation,
  streak.underperform_days AS consecutive_underperform_days,
  recent.has_holiday,
  recent.recent_days,
  baseline.baseline_days
FROM (
  SELECT
    COUNT(*) AS recent_days,
    AVG(view_rate_deviation) AS view_rate_deviation,
    AVG(rpr_deviation) AS rpr_deviation,
    AVG(platform_deviation) AS platform_deviation,
    COUNTIF(is_holiday) > 0 AS has_holiday
  FROM deviations
) AS recent
CROSS JOIN streak
CROSS JOIN baseline;
