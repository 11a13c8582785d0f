-- Reserves captions for a page's schedule: all of them or none. A second call with the same rows inserts nothing and is no error.
-- Raises EROS_BAD_ASSIGNMENTS, EROS_UNKNOWN_CAPTION, EROS_BATCH_DUPLICATE, or EROS_LOCK_CONFLICT when a caption is used within 7 days on any page.
CREATE OR REPLACE PROCEDURE `${dataset}.lock_caption_assignments`(
  p_schedule_id STRING,
  p_page_name STRING,
  p_assignments ARRAY<STRUCT<caption_id INT64, scheduled_send_date DATE, scheduled_send_hour INT64>>
)
BEGIN
  DECLARE v_now TIMESTAMP DEFAULT CURRENT_TIMESTAMP();
  DECLARE v_today DATE DEFAULT CURRENT_DATE('${timezone}');
  DECLARE v_requested INT64 DEFAULT IFNULL(ARRAY_LENGTH(p_assignments), 0);
  DECLARE v_inserted INT64 DEFAULT 0;
  DECLARE v_bad_rows INT64;
  DECLARE v_past_rows INT64;
  DECLARE v_unknown STRING;
  DECLARE v_repeated STRING;
  DECLARE v_blocked INT64;
  DECLARE v_blocked_ids STRING;

  IF IFNULL(p_schedule_id, '') = '' OR IFNULL(p_page_name, '') = '' THEN
    RAISE USING MESSAGE = 'EROS_BAD_ASSIGNMENTS: schedule id and page name are required.';
  END IF;
  IF v_requested = 0 OR v_requested > 500 THEN
    RAISE USING MESSAGE = CONCAT('EROS_BAD_ASSIGNMENTS: 1 to 500 assignments can be locked at once, not ', CAST(v_requested AS STRING), '.');
  END IF;

  CREATE OR REPLACE TEMP TABLE lca_staged AS
  SELECT
    position,
    wanted.caption_id,
    wanted.scheduled_send_date,
    wanted.scheduled_send_hour,
    `${dataset}.assignment_key`(p_page_name, wanted.caption_id, wanted.scheduled_send_date, wanted.scheduled_send_hour) AS assignment_key,
    bank.caption_text,
    bank.price_tier
  FROM UNNEST(p_assignments) AS wanted WITH OFFSET AS position
  LEFT JOIN (
    -- One row a caption, also where the bank was loaded twice.
    SELECT caption_id, ANY_VALUE(caption_text) AS caption_text, ANY_VALUE(price_tier) AS price_tier
    FROM `${dataset}.caption_bank`
    WHERE caption_id IN (SELECT assignment.caption_id FROM UNNEST(p_assignments) AS assignment)
    GROUP BY caption_id
  ) AS bank
    ON bank.caption_id = wanted.caption_id;

  SET (v_bad_rows, v_past_rows, v_unknown) = (
    SELECT AS STRUCT
      COUNTIF(caption_id IS NULL OR scheduled_send_date IS NULL OR scheduled_send_hour IS NULL OR scheduled_send_hour NOT BETWEEN 0 AND 23),
      COUNTIF(scheduled_send_date < v_today),
      STRING_AGG(IF(caption_text IS NULL, CAST(caption_id AS STRING), NULL), ', ' ORDER BY position LIMIT 5)
    FROM lca_staged
  );
  IF v_bad_rows > 0 THEN
    RAISE USING MESSAGE = CONCAT('EROS_BAD_ASSIGNMENTS: ', CAST(v_bad_rows AS STRING), ' assignments lack a caption, a date or an hour from 0 to 23.');
  END IF;
  IF v_past_rows > 0 THEN
    RAISE USING MESSAGE = CONCAT('EROS_BAD_ASSIGNMENTS: ', CAST(v_past_rows AS STRING), ' assignments lie before today, ', CAST(v_today AS STRING), '.');
  END IF;
  IF v_unknown IS NOT NULL THEN
    RAISE USING MESSAGE = CONCAT('EROS_UNKNOWN_CAPTION: not in the caption bank: ', v_unknown);
  END IF;

  SET v_repeated = (
    SELECT STRING_AGG(DISTINCT CAST(earlier.caption_id AS STRING), ', ' LIMIT 5)
    FROM lca_staged AS earlier
    JOIN lca_staged AS later
      ON later.caption_id = earlier.caption_id AND later.position > earlier.position
    WHERE ABS(DATE_DIFF(later.scheduled_send_date, earlier.scheduled_send_date, DAY)) <= 7
  );
  IF v_repeated IS NOT NULL THEN
    RAISE USING MESSAGE = CONCAT('EROS_BATCH_DUPLICATE: twice within 7 days of the batch: ', v_repeated);
  END IF;

  BEGIN
    BEGIN TRANSACTION;

    -- Inserts alone never conflict under snapshot isolation: two calls could both pass the check below. Touching one row makes them conflict.
    UPDATE `${dataset}.lock_guard`
    SET touched_at = v_now, touched_by = p_schedule_id
    WHERE guard = 'caption_locks';
    IF @@row_count = 0 THEN
      RAISE USING MESSAGE = 'EROS_NO_GUARD: lock_guard has no row caption_locks; deploy the tables again.';
    END IF;

    CREATE OR REPLACE TEMP TABLE lca_related AS
    SELECT
      staged.position,
      staged.caption_id,
      held.schedule_id = p_schedule_id
        AND IFNULL(
          held.assignment_key,
          `${dataset}.assignment_key`(held.page_name, held.caption_id, held.scheduled_send_date, held.scheduled_send_hour)
        ) = staged.assignment_key AS is_mine
    FROM lca_staged AS staged
    JOIN `${dataset}.active_caption_assignments` AS held
      ON held.caption_id = staged.caption_id
    WHERE `${dataset}.counts_as_used`(held.is_active, held.deactivation_reason)
      AND ABS(DATE_DIFF(IFNULL(held.scheduled_send_date, held.assigned_date), staged.scheduled_send_date, DAY)) <= 7;

    SET (v_blocked, v_blocked_ids) = (
      SELECT AS STRUCT
        COUNT(*),
        STRING_AGG(CAST(caption_id AS STRING), ', ' ORDER BY position LIMIT 5)
      FROM (
        SELECT position, caption_id
        FROM lca_related
        WHERE NOT IFNULL(is_mine, FALSE)
        GROUP BY position, caption_id
      )
    );
    IF v_blocked > 0 THEN
      RAISE USING MESSAGE = CONCAT(
        'EROS_LOCK_CONFLICT: ATOMIC ROLLBACK – ', CAST(v_blocked AS STRING), ' of ', CAST(v_requested AS STRING),
        ' blocked by 7-day conflicts: ', v_blocked_ids
      );
    END IF;

    INSERT INTO `${dataset}.active_caption_assignments` (
      page_name, caption_id, caption_text, assigned_date, scheduled_send_date, scheduled_send_hour, price_tier,
      is_active, assigned_at, assignment_key, schedule_id
    )
    SELECT
      p_page_name, staged.caption_id, staged.caption_text, v_today, staged.scheduled_send_date, staged.scheduled_send_hour, staged.price_tier,
      TRUE, v_now, staged.assignment_key, p_schedule_id
    FROM lca_staged AS staged
    WHERE NOT EXISTS (
      SELECT 1
      FROM lca_related AS related
      WHERE related.position = staged.position
    );
    SET v_inserted = @@row_count;

    COMMIT TRANSACTION;
  EXCEPTION WHEN ERROR THEN
    ROLLBACK TRANSACTION;
    RAISE;
  END;

  SELECT v_requested AS requested, v_inserted AS inserted, v_requested - v_inserted AS already_present;
END;
