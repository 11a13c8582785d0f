-- Feedback loop: rewrites the arm of each page and caption from the messages of the last 90 days. Running it again changes only last_updated.
-- A success is a use whose EMV is above the page's median of 30 days. Arms without use in 90 days stay as they are.
-- Where buyers were not counted, as with most free messages, there is no EMV: it is no success and does not lower the median.
CREATE OR REPLACE PROCEDURE `${dataset}.update_caption_performance`()
BEGIN
  DECLARE v_now TIMESTAMP DEFAULT CURRENT_TIMESTAMP();
  DECLARE v_pages INT64 DEFAULT 0;
  DECLARE v_arms INT64 DEFAULT 0;

  CREATE OR REPLACE TEMP TABLE ucp_messages AS
  SELECT
    page_name,
    caption_id,
    row_id,
    sending_time,
    viewed_count > 0 AS is_observed,
    IF(purchased_count IS NULL, NULL, viewed_count) AS viewed,
    IF(viewed_count > 0, purchased_count, NULL) AS purchased,
    earnings,
    SAFE_DIVIDE(purchased_count, viewed_count) * earnings AS emv
  FROM `${dataset}.mass_messages`
  WHERE sending_time >= TIMESTAMP_SUB(v_now, INTERVAL 90 DAY)
    AND sending_time <= v_now
    AND page_name IS NOT NULL;

  CREATE OR REPLACE TEMP TABLE ucp_medians AS
  SELECT page_name, APPROX_QUANTILES(emv, 100)[OFFSET(50)] AS median_emv
  FROM ucp_messages
  WHERE sending_time >= TIMESTAMP_SUB(v_now, INTERVAL 30 DAY)
    AND emv IS NOT NULL
  GROUP BY page_name;

  SET v_pages = (SELECT COUNT(*) FROM ucp_medians);

  -- A quiet system is not an error.
  IF v_pages = 0 THEN
    INSERT INTO `${dataset}.automation_alerts` (alert_id, alert_time, alert_level, alert_source, alert_message, acknowledged)
    VALUES (GENERATE_UUID(), v_now, 'INFO', 'update_caption_performance', 'No page had a viewed message in the last 30 days; no arm was changed.', FALSE);
  ELSE
    -- A function or a window directly in MERGE would be a correlated subquery there, so all values are ready before it.
    CREATE OR REPLACE TEMP TABLE ucp_arms AS
    WITH rolled AS (
      SELECT
        messages.page_name,
        messages.caption_id,
        -- A use that nobody viewed tells nothing of the caption, but it was a use.
        COUNTIF(messages.is_observed) AS observations,
        COUNTIF(messages.emv > medians.median_emv) AS wins,
        IFNULL(SAFE_DIVIDE(SUM(messages.purchased), SUM(messages.viewed)), 0.0) AS conversion,
        IFNULL(AVG(messages.emv), 0.0) AS mean_emv,
        IFNULL(SUM(messages.earnings), 0.0) AS revenue,
        ARRAY_AGG(messages.emv IGNORE NULLS ORDER BY messages.sending_time DESC, messages.row_id DESC LIMIT 1)[SAFE_OFFSET(0)] AS last_emv,
        MAX(messages.sending_time) AS last_used
      FROM ucp_messages AS messages
      JOIN ucp_medians AS medians
        ON medians.page_name = messages.page_name
      WHERE messages.caption_id IS NOT NULL
      GROUP BY messages.page_name, messages.caption_id
    ),
    bounded AS (
      SELECT
        page_name,
        caption_id,
        observations,
        1 + wins AS successes,
        1 + observations - wins AS failures,
        conversion,
        mean_emv,
        revenue,
        last_emv,
        last_used,
        `${dataset}.wilson_score_bounds`(1 + wins, 1 + observations - wins) AS bounds,
        CAST(ROUND(100 * PERCENT_RANK() OVER (PARTITION BY page_name ORDER BY mean_emv)) AS INT64) AS percentile
      FROM rolled
    )
    SELECT
      page_name,
      caption_id,
      observations,
      successes,
      failures,
      conversion,
      mean_emv,
      revenue,
      last_emv,
      last_used,
      bounds.lower_bound AS lower_bound,
      bounds.upper_bound AS upper_bound,
      bounds.exploration_bonus AS exploration,
      percentile
    FROM bounded;

    MERGE `${dataset}.caption_bandit_stats` AS stats
    USING ucp_arms AS arms
    ON stats.caption_id = arms.caption_id AND stats.page_name = arms.page_name
    WHEN MATCHED THEN
      UPDATE SET
        successes = arms.successes,
        failures = arms.failures,
        total_observations = arms.observations,
        total_revenue = arms.revenue,
        avg_conversion_rate = arms.conversion,
        avg_emv = arms.mean_emv,
        last_emv_observed = arms.last_emv,
        confidence_lower_bound = arms.lower_bound,
        confidence_upper_bound = arms.upper_bound,
        exploration_score = arms.exploration,
        last_used = arms.last_used,
        last_updated = v_now,
        performance_percentile = arms.percentile
    WHEN NOT MATCHED THEN
      INSERT (
        caption_id, page_name, successes, failures, total_observations, total_revenue, avg_conversion_rate, avg_emv, last_emv_observed,
        confidence_lower_bound, confidence_upper_bound, exploration_score, last_used, last_updated, performance_percentile
      )
      VALUES (
        arms.caption_id, arms.page_name, arms.successes, arms.failures, arms.observations, arms.revenue, arms.conversion, arms.mean_emv, arms.last_emv,
        arms.lower_bound, arms.upper_bound, arms.exploration, arms.last_used, v_now, arms.percentile
      );
    SET v_arms = @@row_count;
  END IF;

  SELECT v_pages AS pages, v_arms AS arms_written;
END;
