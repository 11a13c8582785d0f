-- What is normal for a page: over all, by weekday (1 = Sunday) and by hour; means and sample deviations are per message.
-- messages_per_day counts only the days on which the scope has messages.
CREATE OR REPLACE TABLE FUNCTION `${dataset}.get_creator_baseline`(p_page_name STRING, p_lookback_days INT64) AS
SELECT
  scopes.scope,
  scopes.key,
  COUNT(*) AS n,
  AVG(messages.rpr) AS mean_rpr,
  STDDEV_SAMP(messages.rpr) AS stddev_rpr,
  APPROX_QUANTILES(messages.rpr, 100)[OFFSET(50)] AS median_rpr,
  AVG(messages.view_rate) AS mean_view_rate,
  STDDEV_SAMP(messages.view_rate) AS stddev_view_rate,
  AVG(messages.conversion) AS mean_conversion,
  STDDEV_SAMP(messages.conversion) AS stddev_conversion,
  AVG(messages.emv) AS mean_emv,
  SAFE_DIVIDE(COUNT(*), COUNT(DISTINCT messages.send_date)) AS messages_per_day
FROM `${dataset}.page_messages`(p_page_name, p_lookback_days) AS messages
CROSS JOIN UNNEST([
  STRUCT('OVERALL' AS scope, CAST(NULL AS INT64) AS key),
  STRUCT('DOW' AS scope, messages.send_dayofweek AS key),
  STRUCT('HOUR' AS scope, messages.send_hour AS key)
]) AS scopes
GROUP BY scopes.scope, scopes.key;
