-- 63,000 messages: 150 a day over 420 days that end yesterday in business time. 9 % carry a caption of twelve favourites
-- of their page. page_29 tires in its last ten days, page_30 loses openers as well.
-- parameters: @seed INT64, @now TIMESTAMP
INSERT INTO `${dataset}.mass_messages` (
  row_id, page_name, message, sending_time, price, sent_count, viewed_count, purchased_count, earnings, message_type, caption_id
)
WITH pages AS (
  SELECT
    page_name,
    CAST(SUBSTR(page_name, 6) AS INT64) AS page_number,
    fan_count,
    messages_per_day,
    revenue_target_90d / (90 * CASE messages_per_day WHEN 2 THEN 1 WHEN 3 THEN 2 WHEN 4 THEN 2 WHEN 6 THEN 4 ELSE 5 END) AS revenue_per_ppv,
    SUM(messages_per_day) OVER (ORDER BY page_name ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) - messages_per_day AS first_slot
  FROM `${dataset}.active_creators`
), slots AS (
  SELECT p.first_slot + k AS slot, k, p.page_name, p.page_number, p.fan_count, p.messages_per_day, p.revenue_per_ppv
  FROM pages AS p
  CROSS JOIN UNNEST(GENERATE_ARRAY(0, p.messages_per_day - 1)) AS k
), drawn AS (
  SELECT
    n,
    DIV(n - 1, 150) AS day_number,
    MOD(n - 1, 150) AS slot,
    CAST(CONCAT('0x', SUBSTR(TO_HEX(MD5(CONCAT('message:', CAST(@seed AS STRING), ':', CAST(n AS STRING)))), 1, 15)) AS INT64) AS h
  FROM UNNEST(GENERATE_ARRAY(1, 63000)) AS n
), placed AS (
  SELECT
    d.n,
    s.page_name,
    s.page_number,
    s.fan_count,
    s.revenue_per_ppv,
    420 - d.day_number AS days_ago,
    DATE_SUB(DATE(@now, '${timezone}'), INTERVAL 420 - d.day_number DAY) AS send_date,
    8 + DIV(14 * s.k, s.messages_per_day) AS send_hour,
    MOD(s.k, 5) IN (0, 2, 4) AS is_ppv,
    (d.h & 65535) / 65536 AS u1,
    ((d.h >> 16) & 65535) / 65536 AS u2,
    ((d.h >> 32) & 65535) / 65536 AS u3,
    MOD((d.h >> 44) & 65535, 60) AS send_minute,
    MOD((d.h >> 40) & 65535, 1000) < 91 AS is_linked,
    MOD((d.h >> 24) & 65535, 12) AS favourite
  FROM drawn AS d
  JOIN slots AS s ON s.slot = d.slot
), priced AS (
  SELECT
    *,
    CASE WHEN NOT is_ppv THEN 0.0 WHEN u3 < 0.35 THEN 15.0 WHEN u3 < 0.8 THEN 25.0 ELSE 40.0 END AS price,
    -- Each favourite has a strength of its own, so that the bandit has something to learn.
    IF(is_linked, 0.7 + 0.05 * favourite, 1.0) AS strength,
    IF(page_number IN (29, 30) AND days_ago <= 10, 0.62, 1.0) AS fatigue,
    IF(page_number = 30 AND days_ago <= 10, 0.75, 1.0) AS view_fatigue
  FROM placed
), counted AS (
  SELECT
    *,
    CAST(ROUND(fan_count * (0.97 + 0.06 * u1)) AS INT64) AS sent_count,
    CAST(ROUND(fan_count * (0.97 + 0.06 * u1) * (0.38 + 0.04 * u2) * view_fatigue) AS INT64) AS viewed_count,
    IF(is_ppv, GREATEST(ROUND(SAFE_DIVIDE(revenue_per_ppv, price) * (0.75 + 0.5 * u2) * strength * fatigue), 1.0), NULL) AS purchased_count
  FROM priced
), bank AS (
  -- Twelve scored captions a page: the n-th favourite of every page is a caption of its own.
  SELECT caption_id, caption_text, ROW_NUMBER() OVER (ORDER BY caption_id) - 1 AS position
  FROM `${dataset}.caption_bank`
  WHERE overall_performance_score > 0 AND usage_status = 'available'
)
SELECT
  c.n,
  c.page_name,
  IFNULL(b.caption_text, CONCAT('message ', CAST(c.n AS STRING))),
  TIMESTAMP(DATETIME(c.send_date, TIME(c.send_hour, c.send_minute, 0)), '${timezone}'),
  c.price,
  c.sent_count,
  c.viewed_count,
  c.purchased_count,
  IFNULL(c.purchased_count * c.price, 0.0),
  CASE WHEN c.is_ppv THEN 'Unlock' WHEN MOD(c.n, 3) = 0 THEN 'Free content' ELSE 'Photo bump' END,
  b.caption_id
FROM counted AS c
LEFT JOIN bank AS b ON c.is_linked AND b.position = (c.page_number - 1) * 12 + c.favourite;

INSERT INTO `${dataset}.mass_messages_stage` (row_id, page_name, message, sending_time, price, sent_count, viewed_count, purchased_count, earnings, message_type)
SELECT row_id, page_name, message, sending_time, price, sent_count, viewed_count, purchased_count, earnings, message_type
FROM `${dataset}.mass_messages`
WHERE row_id <= 132;
