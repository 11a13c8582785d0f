-- How tired a page's audience is: a score from 0 to 1, its zone, and what to do about the volume. The columns are those of judge_saturation.
CREATE OR REPLACE TABLE FUNCTION `${dataset}.analyze_saturation_status`(p_page_name STRING, p_lookback_days INT64) AS
SELECT verdict.*
FROM `${dataset}.judge_saturation`(p_page_name, p_lookback_days, CAST(NULL AS STRING)) AS verdict;
