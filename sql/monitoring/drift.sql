-- How each page's last days differ from the days before them: EMV, view rate and conversion of @days against the @days before.
-- A median EMV more than 15 % lower is a drop; a page without messages in one of the two spans has no verdict.
-- parameters: @days INT64
WITH used AS (
  SELECT
    page_name,
    sending_time > TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL @days DAY) AS is_recent,
    viewed_count,
    IF(viewed_count IS NULL, NULL, purchased_count) AS purchased,
    -- A rate is of the messages that know both its numbers.
    IF(viewed_count IS NULL, NULL, sent_count) AS view_base,
    IF(purchased_count IS NULL, NULL, viewed_count) AS conversion_base,
    SAFE_DIVIDE(purchased_count, viewed_count) * earnings AS emv
  FROM `${dataset}.mass_messages`
  WHERE sending_time > TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 2 * @days DAY)
    AND sending_time <= CURRENT_TIMESTAMP()
    AND sent_count > 0
),
compared AS (
  SELECT
    page_name,
    COUNTIF(is_recent) AS messages,
    COUNTIF(NOT is_recent) AS former_messages,
    APPROX_QUANTILES(IF(is_recent, emv, NULL), 100)[SAFE_OFFSET(50)] AS median_emv,
    APPROX_QUANTILES(IF(is_recent, NULL, emv), 100)[SAFE_OFFSET(50)] AS former_median_emv,
    SAFE_DIVIDE(SUM(IF(is_recent, viewed_count, NULL)), SUM(IF(is_recent, view_base, NULL))) AS view_rate,
    SAFE_DIVIDE(SUM(IF(is_recent, NULL, viewed_count)), SUM(IF(is_recent, NULL, view_base))) AS former_view_rate,
    SAFE_DIVIDE(SUM(IF(is_recent, purchased, NULL)), SUM(IF(is_recent, conversion_base, NULL))) AS conversion,
    SAFE_DIVIDE(SUM(IF(is_recent, NULL, purchased)), SUM(IF(is_recent, NULL, conversion_base))) AS former_conversion
  FROM used
  GROUP BY page_name
)
SELECT
  page_name,
  messages,
  former_messages,
  median_emv,
  former_median_emv,
  SAFE_DIVIDE(median_emv - former_median_emv, former_median_emv) AS emv_change,
  SAFE_DIVIDE(view_rate - former_view_rate, former_view_rate) AS view_rate_change,
  SAFE_DIVIDE(conversion - former_conversion, former_conversion) AS conversion_change,
  CASE
    WHEN messages = 0 OR former_messages = 0 OR IFNULL(former_median_emv, 0) = 0 THEN 'NO_DATA'
    WHEN SAFE_DIVIDE(median_emv - former_median_emv, former_median_emv) < -0.15 THEN 'DROP'
    ELSE 'OK'
  END AS verdict
FROM compared
ORDER BY page_name;
