-- The totals and rates of a page; rates are ratios of sums, EMV is per message.
CREATE OR REPLACE TABLE FUNCTION `${dataset}.calculate_performance_metrics`(p_page_name STRING, p_lookback_days INT64) AS
SELECT
  p_page_name AS page_name,
  COUNT(*) AS message_count,
  COUNTIF(message_kind = 'PPV') AS ppv_count,
  COUNTIF(message_kind = 'BUMP') AS bump_count,
  IFNULL(SUM(sent), 0) AS total_sent,
  IFNULL(SUM(viewed), 0) AS total_viewed,
  IFNULL(SUM(purchased), 0.0) AS total_purchased,
  IFNULL(SUM(earnings), 0.0) AS total_earnings,
  IFNULL(SAFE_DIVIDE(SUM(viewed), SUM(view_base)), 0.0) AS view_rate,
  IFNULL(SAFE_DIVIDE(SUM(converted), SUM(conversion_base)), 0.0) AS conversion_rate,
  IFNULL(SAFE_DIVIDE(SUM(purchased), SUM(purchase_base)), 0.0) AS purchase_rate,
  IFNULL(SAFE_DIVIDE(SUM(earnings), SUM(earning_base)), 0.0) AS avg_rpr,
  IFNULL(AVG(emv), 0.0) AS avg_emv,
  IFNULL(APPROX_QUANTILES(emv, 100)[OFFSET(50)], 0.0) AS median_emv,
  IFNULL(AVG(IF(message_kind = 'PPV', price, NULL)), 0.0) AS avg_ppv_price,
  MIN(sending_time) AS first_message_at,
  MAX(sending_time) AS last_message_at,
  COUNT(DISTINCT caption_id) AS distinct_captions
FROM `${dataset}.page_messages`(p_page_name, p_lookback_days);
