-- The saturation of a page over 90 days for a given account size; analyze_saturation_status finds the size itself.
CREATE OR REPLACE TABLE FUNCTION `${dataset}.calculate_saturation_score`(p_page_name STRING, p_account_size STRING) AS
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
FROM `${dataset}.judge_saturation`(p_page_name, 90, p_account_size);
