-- The saturation of a page over 90 days for a given account size; analyze_saturation_status finds the size itself.
CREATE OR REPLACE TABLE FUNCTION `${dataset}.calculate_saturation_score`(p_page_name STRING, p_account_size STRING) AS
SELECT verdict.*
FROM `${dataset}.judge_saturation`(p_page_name, 90, p_account_size) AS verdict;
