-- Takes one health sample, keeps it in health_checks and returns it. Below 80 it leaves an alert. A check that fails is kept
-- as UNKNOWN with its message, never as a good score, and the error is raised again.
CREATE OR REPLACE PROCEDURE `${dataset}.run_health_check`()
BEGIN
  DECLARE v_check_id STRING DEFAULT GENERATE_UUID();
  DECLARE v_score INT64;
  DECLARE v_band STRING;
  DECLARE v_flags ARRAY<STRING>;

  BEGIN
    CREATE OR REPLACE TEMP TABLE rhc_sample AS
    SELECT *
    FROM `${dataset}.read_health`();

    SET (v_score, v_flags) = (
      SELECT AS STRUCT
        score,
        ARRAY_CONCAT(
          IF(score < 70, ['health below 70'], CAST([] AS ARRAY<STRING>)),
          IF(jobs_finished >= 20 AND jobs_failed > 0.1 * jobs_finished, ['error rate above 10 %'], CAST([] AS ARRAY<STRING>)),
          IF(corruptions > 0, ['corruption'], CAST([] AS ARRAY<STRING>))
        )
      FROM rhc_sample
    );
    SET v_band = CASE WHEN v_score >= 90 THEN 'HEALTHY' WHEN v_score >= 80 THEN 'WATCH' WHEN v_score >= 70 THEN 'ALERT' ELSE 'ROLLBACK' END;

    INSERT INTO `${dataset}.health_checks` (check_id, check_time, score, band, components, red_flags)
    SELECT
      v_check_id,
      CURRENT_TIMESTAMP(),
      score,
      v_band,
      PARSE_JSON(CONCAT('{"mass_messages_rows":', CAST(mass_messages_rows AS STRING), ',"components":', components, '}')),
      v_flags
    FROM rhc_sample;
  EXCEPTION WHEN ERROR THEN
    INSERT INTO `${dataset}.health_checks` (check_id, check_time, band, error_message)
    VALUES (v_check_id, CURRENT_TIMESTAMP(), 'UNKNOWN', @@error.message);
    RAISE;
  END;

  IF v_score < 80 THEN
    INSERT INTO `${dataset}.automation_alerts` (alert_id, alert_time, alert_level, alert_source, alert_message, job_id, acknowledged)
    VALUES (GENERATE_UUID(), CURRENT_TIMESTAMP(), IF(v_score < 70, 'CRITICAL', 'WARNING'), 'run_health_check', CONCAT('Health Score: ', CAST(v_score AS STRING), '/100'), v_check_id, FALSE);
  END IF;

  SELECT v_check_id AS check_id, v_band AS band, CONCAT('Health Score: ', CAST(score AS STRING), '/100') AS line, *
  FROM rhc_sample;
END;
