-- Account size of the former release: revenue of the window as it is, not scaled to 90 days.
CREATE OR REPLACE TABLE FUNCTION `${dataset}.classify_account_size`(p_page_name STRING, p_lookback_days INT64)
AS
SELECT
  p_page_name AS page_name,
  CASE
    WHEN total_revenue < 5000 THEN 'MICRO'
    WHEN total_revenue < 25000 THEN 'SMALL'
    WHEN total_revenue < 100000 THEN 'MEDIUM'
    WHEN total_revenue < 500000 THEN 'LARGE'
    ELSE 'MEGA'
  END AS account_size,
  message_count,
  total_revenue AS total_revenue_period
FROM (
  SELECT COUNT(*) AS message_count, IFNULL(SUM(m.earnings), 0) AS total_revenue
  FROM `${dataset}.mass_messages` AS m
  WHERE m.page_name = p_page_name
    AND m.sending_time >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL p_lookback_days DAY)
);
