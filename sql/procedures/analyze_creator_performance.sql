-- The report on a page as JSON text: size, saturation, volumes of the week, segment, triggers, categories, days and hours. Reads only.
-- Raises EROS_BAD_PAGE and EROS_BAD_LOOKBACK; an unknown page gets a report of zeros.
CREATE OR REPLACE PROCEDURE `${dataset}.analyze_creator_performance`(IN p_page_name STRING, IN p_lookback_days INT64, OUT p_report STRING)
BEGIN
  DECLARE v_size JSON;
  DECLARE v_saturation JSON;
  DECLARE v_metrics JSON;
  DECLARE v_segment JSON;
  DECLARE v_rates JSON;
  DECLARE v_triggers JSON;
  DECLARE v_categories JSON;
  DECLARE v_days JSON;
  DECLARE v_hours JSON;
  DECLARE v_available JSON;
  DECLARE v_last_message_at TIMESTAMP;
  DECLARE v_zone STRING;
  DECLARE v_ppv INT64;
  DECLARE v_bump INT64;

  IF IFNULL(p_page_name, '') = '' THEN
    RAISE USING MESSAGE = 'EROS_BAD_PAGE: a page name is required.';
  END IF;
  IF p_lookback_days IS NULL OR p_lookback_days NOT BETWEEN 1 AND 365 THEN
    RAISE USING MESSAGE = 'EROS_BAD_LOOKBACK: the lookback is 1 to 365 days.';
  END IF;

  SET (v_size, v_ppv, v_bump) = (
    SELECT AS STRUCT TO_JSON(size), size.weekly_ppv_base, size.weekly_bump_base
    FROM `${dataset}.classify_account_size`(p_page_name, p_lookback_days) AS size
  );
  SET (v_saturation, v_zone) = (
    SELECT AS STRUCT TO_JSON(saturation), saturation.saturation_status
    FROM `${dataset}.analyze_saturation_status`(p_page_name, p_lookback_days) AS saturation
  );
  SET v_metrics = (
    SELECT TO_JSON(metrics)
    FROM `${dataset}.calculate_performance_metrics`(p_page_name, p_lookback_days) AS metrics
  );
  -- How fresh the data are does not depend on how far one looks back.
  SET v_last_message_at = (
    SELECT MAX(messages.sending_time)
    FROM `${dataset}.mass_messages` AS messages
    WHERE messages.page_name = p_page_name AND messages.sending_time <= CURRENT_TIMESTAMP() AND messages.sent_count > 0
  );
  SET v_segment = (
    SELECT TO_JSON(segment)
    FROM `${dataset}.analyze_behavioral_segments`(p_page_name, p_lookback_days) AS segment
  );
  SET v_rates = (
    SELECT TO_JSON(ARRAY_AGG(rates ORDER BY rates.message_kind))
    FROM `${dataset}.calculate_engagement_rates`(p_page_name, p_lookback_days) AS rates
  );
  SET v_triggers = (
    SELECT TO_JSON(IFNULL(ARRAY_AGG(triggers ORDER BY triggers.avg_rpr DESC, triggers.trigger LIMIT 10), []))
    FROM `${dataset}.analyze_trigger_performance`(p_page_name, p_lookback_days) AS triggers
  );
  SET v_categories = (
    SELECT TO_JSON(IFNULL(ARRAY_AGG(categories ORDER BY categories.avg_rpr DESC, categories.category, categories.tier LIMIT 15), []))
    FROM `${dataset}.analyze_content_categories`(p_page_name, p_lookback_days) AS categories
  );
  SET v_days = (
    SELECT TO_JSON(IFNULL(ARRAY_AGG(days ORDER BY days.dow), []))
    FROM `${dataset}.analyze_day_patterns`(p_page_name, p_lookback_days) AS days
  );
  SET v_hours = (
    SELECT TO_JSON(IFNULL(
      ARRAY_AGG(
        STRUCT(hours.day_type AS day_type, hours.hour AS hour_24, hours.n AS msg_count, hours.avg_rpr AS avg_rpr, hours.avg_conv AS avg_conv, hours.confidence AS confidence)
        ORDER BY hours.avg_rpr DESC, hours.day_type, hours.hour
      ),
      []
    ))
    FROM (
      -- The twenty that a week can be built from: those one can trust first, the best of weekdays and weekends by turns.
      SELECT windows.*
      FROM (
        SELECT
          found.*,
          ROW_NUMBER() OVER (PARTITION BY found.day_type, found.confidence = 'LOW' ORDER BY found.avg_rpr DESC, found.hour) AS place
        FROM `${dataset}.analyze_time_windows`(p_page_name, p_lookback_days) AS found
      ) AS windows
      QUALIFY ROW_NUMBER() OVER (ORDER BY windows.confidence = 'LOW', windows.place, windows.avg_rpr DESC, windows.day_type) <= 20
    ) AS hours
  );
  SET v_available = (
    SELECT TO_JSON(IFNULL(ARRAY_AGG(DISTINCT bank.content_category ORDER BY bank.content_category), []))
    FROM `${dataset}.available_captions` AS bank
    WHERE bank.content_category IS NOT NULL
  );

  -- The week's volumes of the zone: whole messages, rounded down.
  SET v_ppv = CASE v_zone WHEN 'RED' THEN DIV(v_ppv, 2) WHEN 'YELLOW' THEN DIV(v_ppv * 3, 4) ELSE v_ppv END;
  SET v_bump = CASE v_zone WHEN 'RED' THEN v_bump * 2 WHEN 'YELLOW' THEN DIV(v_bump * 12, 10) ELSE v_bump END;

  SET p_report = (
    SELECT TO_JSON_STRING(STRUCT(
      1 AS schema_version,
      p_page_name AS creator_name,
      p_lookback_days AS lookback_days,
      FORMAT_TIMESTAMP('%Y-%m-%dT%H:%M:%S%Ez', CURRENT_TIMESTAMP(), '${timezone}') AS analysis_timestamp,
      FORMAT_TIMESTAMP('%Y-%m-%dT%H:%M:%S%Ez', v_last_message_at, '${timezone}') AS data_freshness,
      JSON_VALUE(v_size, '$.account_size') AS account_size,
      v_zone AS saturation_status,
      CAST(JSON_VALUE(v_saturation, '$.saturation_score') AS FLOAT64) AS saturation_score,
      CAST(JSON_VALUE(v_metrics, '$.avg_emv') AS FLOAT64) AS avg_emv,
      STRUCT(v_ppv AS ppv, v_bump AS bump, v_ppv + v_bump AS total, 'week' AS period) AS recommended_volume,
      v_ppv AS recommended_ppv,
      v_bump AS recommended_bump,
      v_size AS account_classification,
      v_segment AS behavioral_segment,
      v_saturation AS saturation,
      v_metrics AS performance_metrics,
      v_rates AS engagement_rates,
      v_triggers AS psychological_trigger_analysis,
      v_categories AS content_category_performance,
      v_days AS day_of_week_patterns,
      v_hours AS time_window_optimization,
      v_available AS available_categories
    ))
  );
END;
