-- Messages whose rates lie far from the page's own mean for their kind: beyond 3 sample deviations an anomaly, beyond 2 a warning.
-- Nothing is said with fewer than 20 messages of a kind or without any spread; a spread below the noise of doubles is none.
CREATE OR REPLACE TABLE FUNCTION `${dataset}.detect_anomalies`(p_page_name STRING, p_lookback_days INT64) AS
WITH measured AS (
  SELECT messages.sending_time, messages.caption_id, messages.message_kind, rate.metric, rate.value
  FROM `${dataset}.page_messages`(p_page_name, p_lookback_days) AS messages
  CROSS JOIN UNNEST([
    STRUCT('rpr' AS metric, messages.rpr AS value),
    STRUCT('view_rate' AS metric, messages.view_rate AS value),
    STRUCT('conversion_rate' AS metric, messages.conversion AS value)
  ]) AS rate
  WHERE rate.value IS NOT NULL
),
compared AS (
  SELECT
    sending_time,
    caption_id,
    message_kind,
    metric,
    value,
    COUNT(*) OVER (PARTITION BY message_kind, metric) AS n,
    AVG(value) OVER (PARTITION BY message_kind, metric) AS baseline_mean,
    STDDEV_SAMP(value) OVER (PARTITION BY message_kind, metric) AS baseline_stddev
  FROM measured
),
scored AS (
  SELECT
    sending_time,
    caption_id,
    message_kind,
    metric,
    value,
    baseline_mean,
    baseline_stddev,
    SAFE_DIVIDE(value - baseline_mean, baseline_stddev) AS z_score
  FROM compared
  WHERE n >= 20
    AND baseline_stddev > 1e-12 * ABS(baseline_mean)
)
SELECT
  sending_time,
  caption_id,
  message_kind,
  metric,
  value,
  baseline_mean,
  baseline_stddev,
  z_score,
  IF(ABS(z_score) > 3, 'ANOMALY', 'WARNING') AS severity,
  IF(z_score > 0, 'HIGH', 'LOW') AS direction
FROM scored
WHERE ABS(z_score) > 2;
