-- Critical alerts that the deployed system raised since an instant, newest first.
-- parameters: @since TIMESTAMP
SELECT alert_time, alert_source, alert_message
FROM `${dataset}.automation_alerts`
WHERE alert_time >= @since AND alert_level = 'CRITICAL'
ORDER BY alert_time DESC;
