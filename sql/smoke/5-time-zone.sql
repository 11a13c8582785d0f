-- Gate test #5: the warehouse tells business time, also at both edges of daylight saving time. One row a check.
SELECT 'instant in business time' AS check_name, DATETIME(TIMESTAMP '2025-11-03 18:00:00+00', '${timezone}') = DATETIME '2025-11-03 10:00:00' AS passed, FORMAT_TIMESTAMP('%F %T', TIMESTAMP '2025-11-03 18:00:00+00', '${timezone}') AS evidence
UNION ALL
SELECT 'ambiguous hour, first', `${dataset}.la_hour`(TIMESTAMP '2025-11-02 08:30:00+00') = 1, CAST(`${dataset}.la_hour`(TIMESTAMP '2025-11-02 08:30:00+00') AS STRING)
UNION ALL
SELECT 'ambiguous hour, second', `${dataset}.la_hour`(TIMESTAMP '2025-11-02 09:30:00+00') = 1, CAST(`${dataset}.la_hour`(TIMESTAMP '2025-11-02 09:30:00+00') AS STRING)
UNION ALL
SELECT 'last second of Sunday', `${dataset}.la_date`(TIMESTAMP '2025-11-03 07:59:59+00') = DATE '2025-11-02' AND `${dataset}.la_dayofweek`(TIMESTAMP '2025-11-03 07:59:59+00') = 1, CAST(`${dataset}.la_date`(TIMESTAMP '2025-11-03 07:59:59+00') AS STRING)
UNION ALL
SELECT 'spring gap', `${dataset}.la_hour`(TIMESTAMP '2026-03-08 09:59:00+00') = 1 AND `${dataset}.la_hour`(TIMESTAMP '2026-03-08 10:00:00+00') = 3, CONCAT(CAST(`${dataset}.la_hour`(TIMESTAMP '2026-03-08 09:59:00+00') AS STRING), ' then ', CAST(`${dataset}.la_hour`(TIMESTAMP '2026-03-08 10:00:00+00') AS STRING))
UNION ALL
SELECT 'daily query in summer', `${dataset}.la_hour`(TIMESTAMP '2026-07-01 09:07:00+00') = 2, CAST(`${dataset}.la_hour`(TIMESTAMP '2026-07-01 09:07:00+00') AS STRING)
UNION ALL
SELECT 'daily query in winter', `${dataset}.la_hour`(TIMESTAMP '2025-12-01 10:07:00+00') = 2, CAST(`${dataset}.la_hour`(TIMESTAMP '2025-12-01 10:07:00+00') AS STRING);
