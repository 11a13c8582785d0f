-- The report on a page as JSON text: size, saturation, volumes of the week, segment, triggers, categories, days and hours. Reads only.
-- Raises EROS_BAD_PAGE and EROS_BAD_LOOKBACK; an unknown page gets a report of zeros.
CREATE OR REPLACE PROCEDURE `${dataset}.analyze_creator_performance`(IN p_page_name STRING, IN p_lookback_days INT64, OUT p_report STRING)
BEGIN
  IF IFNULL(p_page_name, '') = '' THEN
    RAISE USING MESSAGE = 'EROS_BAD_PAGE: a page name is required.';
  END IF;
  IF p_lookback_days IS NULL OR p_lookback_days NOT BETWEEN 1 AND 365 THEN
    RAISE USING MESSAGE = 'EROS_BAD_LOOKBACK: the lookback is 1 to 365 days.';
  END IF;

  SET p_report = (
    WITH size AS (
      SELECT
        page_name, account_size, size_rank, message_count, total_revenue_period, revenue_90d, avg_audience,
        weekly_ppv_base, weekly_bump_base, min_ppv_gap_minutes, max_messages_per_day, saturation_tolerance
      FROM `${dataset}.classify_account_size`(p_page_name, p_lookback_days)
    ),
    saturation AS (
      SELECT
        saturation_score, saturation_status, view_rate_deviation, rpr_deviation, platform_deviation, consecutive_underperform_days,
        recommended_action, volume_factor, confidence, exclusion_reason, recent_days, baseline_days
      FROM `${dataset}.analyze_saturation_status`(p_page_name, p_lookback_days)
    ),
    metrics AS (
      SELECT
        message_count, ppv_count, bump_count, total_sent, total_viewed, total_purchased, total_earnings, view_rate, conversion_rate,
        purchase_rate, avg_rpr, avg_emv, median_emv, avg_ppv_price, first_message_at, last_message_at, distinct_captions
      FROM `${dataset}.calculate_performance_metrics`(p_page_name, p_lookback_days)
    ),
    segment AS (
      SELECT segment_label, avg_rpr, avg_conv, rpr_price_slope, rpr_price_corr, conv_price_elasticity_proxy, category_entropy, sample_size
      FROM `${dataset}.analyze_behavioral_segments`(p_page_name, p_lookback_days)
    ),
    -- The week's volumes: whole messages, rounded down.
    volume AS (
      SELECT
        CASE saturation.saturation_status
          WHEN 'RED' THEN DIV(size.weekly_ppv_base, 2)
          WHEN 'YELLOW' THEN DIV(size.weekly_ppv_base * 3, 4)
          ELSE size.weekly_ppv_base
        END AS ppv,
        CASE saturation.saturation_status
          WHEN 'RED' THEN size.weekly_bump_base * 2
          WHEN 'YELLOW' THEN DIV(size.weekly_bump_base * 12, 10)
          ELSE size.weekly_bump_base
        END AS bump
      FROM size
      CROSS JOIN saturation
    )
    SELECT TO_JSON_STRING(STRUCT(
      1 AS schema_version,
      p_page_name AS creator_name,
      p_lookback_days AS lookback_days,
      FORMAT_TIMESTAMP('%Y-%m-%dT%H:%M:%S%Ez', CURRENT_TIMESTAMP(), '${timezone}') AS analysis_timestamp,
      FORMAT_TIMESTAMP('%Y-%m-%dT%H:%M:%S%Ez', metrics.last_message_at, '${timezone}') AS data_freshness,
      size.account_size AS account_size,
      saturation.saturation_status AS saturation_status,
      saturation.saturation_score AS saturation_score,
      metrics.avg_emv AS avg_emv,
      STRUCT(volume.ppv AS ppv, volume.bump AS bump, volume.ppv + volume.bump AS total, 'week' AS period) AS recommended_volume,
      volume.ppv AS recommended_ppv,
      volume.bump AS recommended_bump,
      (SELECT AS STRUCT size.*) AS account_classification,
      (SELECT AS STRUCT segment.*) AS behavioral_segment,
      (SELECT AS STRUCT saturation.*) AS saturation,
      (SELECT AS STRUCT metrics.*) AS performance_metrics,
      ARRAY(
        SELECT AS STRUCT rates.*
        FROM `${dataset}.calculate_engagement_rates`(p_page_name, p_lookback_days) AS rates
        ORDER BY rates.message_kind
      ) AS engagement_rates,
      ARRAY(
        SELECT AS STRUCT triggers.*
        FROM `${dataset}.analyze_trigger_performance`(p_page_name, p_lookback_days) AS triggers
        ORDER BY triggers.avg_rpr DESC, triggers.trigger
        LIMIT 10
      ) AS psychological_trigger_analysis,
      ARRAY(
        SELECT AS STRUCT categories.*
        FROM `${dataset}.analyze_content_categories`(p_page_name, p_lookback_days) AS categories
        ORDER BY categories.avg_rpr DESC, categories.category, categories.tier
        LIMIT 15
      ) AS content_category_performance,
      ARRAY(
        SELECT AS STRUCT days.*
        FROM `${dataset}.analyze_day_patterns`(p_page_name, p_lookback_days) AS days
        ORDER BY days.dow
      ) AS day_of_week_patterns,
      ARRAY(
        SELECT AS STRUCT hours.day_type, hours.hour AS hour_24, hours.n AS msg_count, hours.avg_rpr, hours.avg_conv, hours.confidence
        FROM `${dataset}.analyze_time_windows`(p_page_name, p_lookback_days) AS hours
        ORDER BY hours.avg_rpr DESC, hours.day_type, hours.hour
        LIMIT 20
      ) AS time_window_optimization,
      ARRAY(
        SELECT bank.content_category
        FROM `${dataset}.available_captions` AS bank
        WHERE bank.content_category IS NOT NULL
        GROUP BY bank.content_category
        ORDER BY bank.content_category
      ) AS available_categories
    ))
    FROM size
    CROSS JOIN saturation
    CROSS JOIN metrics
    CROSS JOIN segment
    CROSS JOIN volume
  );
END;
