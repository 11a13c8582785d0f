-- What the procedures wrote on staging, as one fingerprint a table: a second call has to leave it. One row a table.
-- Columns that only say when something ran do not count; the selector draws anew, so that of its table the row a page counts.
SELECT 'caption_bandit_stats' AS check_name, TRUE AS passed, CONCAT(CAST(COUNT(*) AS STRING), ' rows, ', IFNULL(CAST(BIT_XOR(FARM_FINGERPRINT(TO_JSON_STRING(t))) AS STRING), 'none')) AS evidence
FROM (SELECT * EXCEPT (last_updated) FROM `${dataset}.caption_bandit_stats`) AS t
UNION ALL
SELECT 'active_caption_assignments', TRUE, CONCAT(CAST(COUNT(*) AS STRING), ' rows, ', IFNULL(CAST(BIT_XOR(FARM_FINGERPRINT(TO_JSON_STRING(t))) AS STRING), 'none'))
FROM `${dataset}.active_caption_assignments` AS t
UNION ALL
SELECT 'caption_selector_results', COUNT(*) = 1, CONCAT(CAST(COUNT(*) AS STRING), ' result row for the page')
FROM `${dataset}.caption_selector_results`
WHERE page_name = 'test_creator';
