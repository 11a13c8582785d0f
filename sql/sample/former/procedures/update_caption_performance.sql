-- Feedback loop of the former release: adds the last seven days on every call.
CREATE OR REPLACE PROCEDURE `${dataset}.update_caption_performance`()
BEGIN
  CREATE OR REPLACE TEMP TABLE former_medians AS
  SELECT
    m.page_name,
    APPROX_QUANTILES(SAFE_DIVIDE(m.purchased_count, m.viewed_count) * m.earnings, 100)[OFFSET(50)] AS median_emv
  FROM `${dataset}.mass_messages` AS m
  WHERE m.viewed_count > 0
    AND m.sending_time >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 30 DAY)
  GROUP BY m.page_name;

  MERGE `${dataset}.caption_bandit_stats` AS t
  USING (
    SELECT
      m.page_name,
      m.caption_id,
      COUNT(*) AS observations,
      COUNTIF(SAFE_DIVIDE(m.purchased_count, m.viewed_count) * m.earnings > d.median_emv) AS successes,
      SUM(m.earnings) AS revenue
    FROM `${dataset}.mass_messages` AS m
    JOIN former_medians AS d ON d.page_name = m.page_name
    WHERE m.caption_id IS NOT NULL
      AND m.viewed_count > 0
      AND m.sending_time >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 7 DAY)
    GROUP BY m.page_name, m.caption_id
  ) AS s
  ON t.caption_id = s.caption_id AND t.page_name = s.page_name
  WHEN MATCHED THEN UPDATE SET
    successes = t.successes + s.successes,
    failures = t.failures + s.observations - s.successes,
    total_observations = t.total_observations + s.observations,
    total_revenue = t.total_revenue + s.revenue,
    last_updated = CURRENT_TIMESTAMP()
  WHEN NOT MATCHED THEN INSERT
    (caption_id, page_name, successes, failures, total_observations, total_revenue, last_updated)
    VALUES (s.caption_id, s.page_name, 1 + s.successes, 1 + s.observations - s.successes, s.observations, s.revenue, CURRENT_TIMESTAMP());
END;
