-- Cost of the dataset's queries in micro-dollars: last 24 hours, today in business time, and since an instant. Parents of
-- scripts and calls are left out, since their children are billed. On-demand list price; the monthly free TiB is not subtracted.
-- parameters: @price_per_tib_micros INT64, @since TIMESTAMP
WITH jobs AS (
  SELECT
    job.job_id,
    job.creation_time,
    IFNULL(job.total_bytes_billed, 0) AS billed_bytes,
    IFNULL((SELECT label.value FROM UNNEST(job.labels) AS label WHERE label.key = 'eros_step'), job.statement_type) AS driver
  FROM `${region}`.INFORMATION_SCHEMA.JOBS AS job
  WHERE job.creation_time >= LEAST(TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 48 HOUR), @since)
    AND job.job_type = 'QUERY'
    AND job.state = 'DONE'
    AND IFNULL(job.statement_type, 'SELECT') NOT IN ('SCRIPT', 'CALL')
    AND EXISTS (SELECT 1 FROM UNNEST(job.referenced_tables) AS used WHERE used.dataset_id = '${dataset_name}')
), priced AS (
  SELECT creation_time, billed_bytes, driver, billed_bytes / 1099511627776 * @price_per_tib_micros AS micros
  FROM jobs
), drivers AS (
  SELECT driver, SUM(micros) AS micros
  FROM priced
  WHERE creation_time >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 24 HOUR)
  GROUP BY driver
)
SELECT
  CAST(ROUND(IFNULL(SUM(IF(creation_time >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 24 HOUR), micros, 0)), 0)) AS INT64) AS last_24h_micros,
  CAST(ROUND(IFNULL(SUM(IF(DATE(creation_time, '${timezone}') = CURRENT_DATE('${timezone}'), micros, 0)), 0)) AS INT64) AS today_micros,
  CAST(ROUND(IFNULL(SUM(IF(creation_time >= @since, micros, 0)), 0)) AS INT64) AS since_deploy_micros,
  IFNULL(SUM(billed_bytes), 0) AS billed_bytes,
  (
    SELECT TO_JSON_STRING(ARRAY_AGG(STRUCT(d.driver AS name, CAST(ROUND(d.micros) AS INT64) AS micros) ORDER BY d.micros DESC, d.driver LIMIT 5))
    FROM drivers AS d
  ) AS drivers
FROM priced;
