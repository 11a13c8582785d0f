-- The verdict on saturation_signals: the score, its zone and what to do; the size is classified when none is given.
-- The score adds a low view rate (weighted by account size), low earnings per recipient (0.40) and three weak days in a row (0.20).
CREATE OR REPLACE TABLE FUNCTION `${dataset}.judge_saturation`(p_page_name STRING, p_lookback_days INT64, p_account_size STRING) AS
WITH scored AS (
  SELECT
    signals.view_rate_deviation,
    signals.rpr_deviation,
    signals.platform_deviation,
    signals.consecutive_underperform_days,
    signals.recent_days,
    signals.baseline_days,
    CASE
      WHEN signals.recent_days < 3 OR signals.baseline_days < 7 THEN 'INSUFFICIENT_DATA'
      WHEN signals.platform_deviation < -0.20 THEN 'PLATFORM_HEADWIND'
      WHEN signals.has_holiday THEN 'HOLIDAY'
      ELSE 'NONE'
    END AS exclusion,
    ROUND(
      IF(signals.view_rate_deviation < -0.15, `${dataset}.saturation_weight`(IFNULL(p_account_size, size.account_size)), 0.0)
        + IF(signals.rpr_deviation < -0.20, 0.40, 0.0)
        + IF(signals.consecutive_underperform_days >= 3, 0.20, 0.0),
      2
    ) AS raw_score
  FROM `${dataset}.saturation_signals`(p_page_name, p_lookback_days) AS signals
  CROSS JOIN `${dataset}.classify_account_size`(p_page_name, p_lookback_days) AS size
),
bounded AS (
  SELECT
    view_rate_deviation,
    rpr_deviation,
    platform_deviation,
    consecutive_underperform_days,
    recent_days,
    baseline_days,
    exclusion,
    CASE exclusion
      WHEN 'INSUFFICIENT_DATA' THEN 0.0
      -- A dip of the whole platform is not the page's fault: never RED for it.
      WHEN 'PLATFORM_HEADWIND' THEN LEAST(raw_score, 0.59)
      ELSE raw_score
    END AS saturation_score
  FROM scored
)
SELECT
  p_page_name AS page_name,
  saturation_score,
  CASE WHEN saturation_score >= 0.60 THEN 'RED' WHEN saturation_score >= 0.30 THEN 'YELLOW' ELSE 'GREEN' END AS saturation_status,
  IFNULL(view_rate_deviation, 0.0) AS view_rate_deviation,
  IFNULL(rpr_deviation, 0.0) AS rpr_deviation,
  IFNULL(platform_deviation, 0.0) AS platform_deviation,
  consecutive_underperform_days,
  IF(saturation_score >= 0.30, 'CUT VOLUME', 'NO CHANGE') AS recommended_action,
  CASE WHEN saturation_score >= 0.60 THEN 0.5 WHEN saturation_score >= 0.30 THEN 0.75 ELSE 1.0 END AS volume_factor,
  IF(exclusion = 'INSUFFICIENT_DATA', 0.0, LEAST(1.0, baseline_days / 28)) AS confidence,
  NULLIF(exclusion, 'NONE') AS exclusion_reason,
  recent_days,
  baseline_days
FROM bounded;
