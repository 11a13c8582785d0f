-- The size of a page by its revenue, scaled to 90 days so that every lookback gives the same answer, and the week's targets of that size.
CREATE OR REPLACE TABLE FUNCTION `${dataset}.classify_account_size`(p_page_name STRING, p_lookback_days INT64) AS
WITH totals AS (
  SELECT
    COUNT(*) AS message_count,
    IFNULL(SUM(earnings), 0.0) AS total_revenue_period,
    IFNULL(SUM(earnings), 0.0) * 90 / GREATEST(IFNULL(p_lookback_days, 1), 1) AS revenue_90d,
    IFNULL(APPROX_QUANTILES(sent, 100)[OFFSET(50)], 0) AS avg_audience
  FROM `${dataset}.page_messages`(p_page_name, p_lookback_days)
)
SELECT
  p_page_name AS page_name,
  sizes.account_size,
  sizes.size_rank,
  totals.message_count,
  totals.total_revenue_period,
  totals.revenue_90d,
  totals.avg_audience,
  sizes.weekly_ppv_base,
  sizes.weekly_bump_base,
  sizes.min_ppv_gap_minutes,
  sizes.max_messages_per_day,
  sizes.saturation_tolerance
FROM totals
JOIN UNNEST([
  STRUCT('MICRO' AS account_size, 1 AS size_rank, -1e300 AS revenue_from, 5e3 AS revenue_below, 6 AS weekly_ppv_base, 4 AS weekly_bump_base, 180 AS min_ppv_gap_minutes, 8 AS max_messages_per_day, 0.15 AS saturation_tolerance),
  STRUCT('SMALL', 2, 5e3, 25e3, 8, 6, 150, 10, 0.15),
  STRUCT('MEDIUM', 3, 25e3, 100e3, 12, 8, 120, 15, 0.20),
  STRUCT('LARGE', 4, 100e3, 500e3, 16, 12, 90, 20, 0.25),
  STRUCT('MEGA', 5, 500e3, 1e300, 21, 16, 75, 25, 0.30)
]) AS sizes
  ON totals.revenue_90d >= sizes.revenue_from AND totals.revenue_90d < sizes.revenue_below;
