-- Cost of the dataset's queries by day as run_health_check kept it, newest first: for days that the job history no longer has.
-- parameters: @days INT64, @price_per_tib_micros INT64
SELECT
  cost_date AS day,
  CAST(ROUND(billed_bytes / 1099511627776 * @price_per_tib_micros) AS INT64) AS micros,
  billed_bytes,
  jobs
FROM `${dataset}.daily_query_costs`
WHERE cost_date > DATE_SUB(CURRENT_DATE('${timezone}'), INTERVAL @days DAY)
ORDER BY day DESC;
