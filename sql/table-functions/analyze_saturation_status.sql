-- How tired a page's audience is: a score from 0 to 1, its zone, and what to do about the volume.
CREATE OR REPLACE TABLE FUNCTION `${dataset}.analyze_saturation_status`(p_page_name STRING, p_lookback_days INT64) AS
SELECT
  page_name,
  saturation_score,
  saturation_status,
  view_rate_deviation,
  rpr_deviation,
  platform_deviation,
  consecutive_underperform_days,
  recommended_action,
  volume_factor,
  confidence,
  exclusion_reason,
  recent_days,
  baseline_days
FROM `${dataset}.judge_saturation`(p_page_name, p_lookback_days, CAST(NULL AS STRING));
