-- The messages of a page in the last days with their rates: the one place that says which rows count and what a rate is.
-- Kind is PPV when there is a price, otherwise BUMP. A free message without a buyer count has 0 buyers; a paid one has an unknown count.
-- A rate of several messages is a ratio of sums over those that know both numbers: its parts stand side by side below, NULL where one is unknown.
CREATE OR REPLACE TABLE FUNCTION `${dataset}.page_messages`(p_page_name STRING, p_lookback_days INT64) AS
SELECT
  counted.sending_time,
  DATE(counted.sending_time, '${timezone}') AS send_date,
  EXTRACT(DAYOFWEEK FROM counted.sending_time AT TIME ZONE '${timezone}') AS send_dayofweek,
  EXTRACT(HOUR FROM counted.sending_time AT TIME ZONE '${timezone}') AS send_hour,
  counted.caption_id,
  counted.message_kind,
  counted.price,
  counted.sent,
  counted.viewed,
  counted.purchased,
  counted.earnings,
  SAFE_DIVIDE(counted.viewed, counted.sent) AS view_rate,
  SAFE_DIVIDE(counted.purchased, counted.viewed) AS conversion,
  SAFE_DIVIDE(counted.earnings, counted.sent) AS rpr,
  SAFE_DIVIDE(counted.purchased, counted.viewed) * counted.earnings AS emv,
  IF(counted.viewed IS NULL, NULL, counted.sent) AS view_base,
  IF(counted.purchased IS NULL, NULL, counted.sent) AS purchase_base,
  IF(counted.earnings IS NULL, NULL, counted.sent) AS earning_base,
  IF(counted.viewed IS NULL, NULL, counted.purchased) AS converted,
  IF(counted.purchased IS NULL, NULL, counted.viewed) AS conversion_base
FROM (
  SELECT
    messages.sending_time,
    messages.caption_id,
    IF(messages.price > 0, 'PPV', 'BUMP') AS message_kind,
    messages.price,
    messages.sent_count AS sent,
    messages.viewed_count AS viewed,
    IF(messages.purchased_count IS NULL AND IFNULL(messages.price, 0) = 0, 0, messages.purchased_count) AS purchased,
    messages.earnings
  FROM `${dataset}.mass_messages` AS messages
  WHERE messages.page_name = p_page_name
    AND messages.sending_time >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL GREATEST(p_lookback_days, 1) DAY)
    AND messages.sending_time <= CURRENT_TIMESTAMP()
    AND messages.sent_count > 0
) AS counted;
