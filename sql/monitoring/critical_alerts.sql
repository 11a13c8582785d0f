-- Critical alerts that the deployed system raised since an instant, newest first. A tired audience is no fault of a deployment: what the
-- daily automation and the real-time monitor say of pages is left out.
-- parameters: @since TIMESTAMP
SELECT alert_time, alert_source, alert_message
FROM `${dataset}.automation_alerts`
WHERE alert_time >= @since
  AND alert_level = 'CRITICAL'
  AND alert_source != 'run_daily_automation/saturation'
  AND NOT STARTS_WITH(alert_source, 'real_time_monitor/')
ORDER BY alert_time DESC;
