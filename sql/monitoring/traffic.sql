-- Jobs of the project by hour of the business day over 28 days, the quietest hour first.
SELECT EXTRACT(HOUR FROM creation_time AT TIME ZONE '${timezone}') AS hour, COUNT(*) AS jobs
FROM `${region}`.INFORMATION_SCHEMA.JOBS
WHERE creation_time >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 28 DAY)
GROUP BY hour
ORDER BY jobs, hour;
