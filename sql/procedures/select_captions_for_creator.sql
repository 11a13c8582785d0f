-- Chooses captions for a page's week by tier: Thompson sampling with diversity, earnings and penalties, a fifth of each quota for exploration.
-- Writes one row of caption_selector_results and returns the list. Too few candidates give fewer rows and a shortfall, not an error.
-- Raises EROS_BAD_PAGE, EROS_BAD_QUOTA and EROS_BAD_PATTERN.
CREATE OR REPLACE PROCEDURE `${dataset}.select_captions_for_creator`(
  p_page_name STRING,
  p_behavioral_segment STRING,
  p_num_budget INT64,
  p_num_mid INT64,
  p_num_premium INT64,
  p_num_bump INT64
)
BEGIN
  DECLARE v_now TIMESTAMP DEFAULT CURRENT_TIMESTAMP();
  DECLARE v_today DATE DEFAULT CURRENT_DATE('${timezone}');
  DECLARE v_run_id STRING DEFAULT GENERATE_UUID();
  -- Captions marked test_only belong to this page, and no others: a test on production reserves nothing real.
  DECLARE v_is_test BOOL DEFAULT IFNULL(p_page_name = 'test_creator', FALSE);
  DECLARE v_urgent_limit INT64 DEFAULT 5;
  DECLARE v_category_limit INT64 DEFAULT 20;
  DECLARE v_recent_categories ARRAY<STRING> DEFAULT [];
  DECLARE v_recent_tiers ARRAY<STRING> DEFAULT [];
  DECLARE v_was_urgent BOOL DEFAULT FALSE;
  DECLARE v_urgent_used INT64 DEFAULT 0;
  DECLARE v_is_restricted BOOL DEFAULT FALSE;
  DECLARE v_scope STRING DEFAULT 'ALL';
  DECLARE v_hard_patterns ARRAY<STRING> DEFAULT [];
  DECLARE v_soft_patterns ARRAY<STRING> DEFAULT [];
  DECLARE v_hard_pattern STRING;
  DECLARE v_soft_pattern STRING;
  DECLARE v_bad_pattern STRING;
  DECLARE v_banned_categories ARRAY<STRING> DEFAULT [];
  DECLARE v_banned_tiers ARRAY<STRING> DEFAULT [];
  DECLARE v_ppv_categories ARRAY<STRING> DEFAULT [];
  DECLARE v_ppv_tiers ARRAY<STRING> DEFAULT [];
  DECLARE v_bump_categories ARRAY<STRING> DEFAULT [];
  DECLARE v_bump_tiers ARRAY<STRING> DEFAULT [];
  DECLARE v_min_ppv_pool INT64 DEFAULT 0;
  DECLARE v_min_bump_pool INT64 DEFAULT 0;
  DECLARE v_ppv_pool INT64 DEFAULT 0;
  DECLARE v_bump_pool INT64 DEFAULT 0;

  IF IFNULL(p_page_name, '') = '' THEN
    RAISE USING MESSAGE = 'EROS_BAD_PAGE: a page name is required.';
  END IF;
  IF p_num_budget IS NULL OR p_num_mid IS NULL OR p_num_premium IS NULL OR p_num_bump IS NULL
    OR LEAST(p_num_budget, p_num_mid, p_num_premium, p_num_bump) < 0 THEN
    RAISE USING MESSAGE = 'EROS_BAD_QUOTA: quotas are numbers from 0.';
  END IF;

  -- What the page used in the last 7 days, today included, or has reserved ahead.
  CREATE OR REPLACE TEMP TABLE scc_recent AS
  SELECT
    used.caption_id,
    IFNULL(used.scheduled_send_date, used.assigned_date) AS used_date,
    IFNULL(used.scheduled_send_hour, 0) AS used_hour,
    bank.content_category,
    `${dataset}.canonical_tier`(bank.price_tier) AS tier,
    IFNULL(bank.has_urgency, FALSE) AS has_urgency
  FROM `${dataset}.active_caption_assignments` AS used
  JOIN `${dataset}.caption_bank` AS bank
    ON bank.caption_id = used.caption_id
  WHERE used.page_name = p_page_name
    AND `${dataset}.counts_as_used`(used.is_active, used.deactivation_reason)
    AND IFNULL(used.scheduled_send_date, used.assigned_date) > DATE_SUB(v_today, INTERVAL 7 DAY);

  SET v_recent_categories = ARRAY(
    SELECT content_category
    FROM scc_recent
    WHERE content_category IS NOT NULL
    GROUP BY content_category
    ORDER BY MAX(used_date) DESC, content_category
    LIMIT 5
  );
  SET v_recent_tiers = ARRAY(
    SELECT tier
    FROM scc_recent
    WHERE tier IS NOT NULL
    GROUP BY tier
    ORDER BY MAX(used_date) DESC, tier
    LIMIT 7
  );
  SET v_was_urgent = (
    SELECT COUNTIF(has_urgency) > 0
    FROM (SELECT has_urgency FROM scc_recent ORDER BY used_date DESC, used_hour DESC, caption_id LIMIT 3)
  );
  -- A week's use: reserved ahead counts for 7 days, or a page planned for weeks would have no urgent caption left.
  SET v_urgent_used = (SELECT COUNTIF(has_urgency) FROM scc_recent WHERE used_date <= DATE_ADD(v_today, INTERVAL 7 DAY));

  -- Restrictions of the page, unless the flag switches them off.
  SET v_is_restricted = (
    SELECT COUNT(*) > 0
    FROM `${dataset}.active_creator_caption_restrictions_v`
    WHERE page_name = p_page_name
  ) AND IFNULL((SELECT LOGICAL_OR(is_enabled) FROM `${dataset}.feature_flags` WHERE flag = 'caption_restrictions_enabled'), TRUE);
  IF v_is_restricted THEN
    SET (v_scope, v_min_ppv_pool, v_min_bump_pool, v_hard_patterns, v_soft_patterns, v_banned_categories, v_banned_tiers) = (
      SELECT AS STRUCT
        rules.applies_to_scope,
        rules.min_ppv_pool,
        rules.min_bump_pool,
        ARRAY(SELECT pattern FROM UNNEST(rules.hard_patterns) AS pattern WITH OFFSET AS position WHERE pattern != '' ORDER BY position),
        ARRAY(SELECT pattern FROM UNNEST(rules.soft_patterns) AS pattern WITH OFFSET AS position WHERE pattern != '' ORDER BY position),
        ARRAY(SELECT LOWER(item) FROM UNNEST(rules.restricted_categories) AS item),
        ARRAY(SELECT LOWER(item) FROM UNNEST(rules.restricted_price_tiers) AS item)
      FROM `${dataset}.active_creator_caption_restrictions_v` AS rules
      WHERE rules.page_name = p_page_name
    );
    SET v_bad_pattern = (
      SELECT STRING_AGG(FORMAT('%T', pattern), ', ')
      FROM UNNEST(ARRAY_CONCAT(v_hard_patterns, v_soft_patterns)) AS pattern
      WHERE SAFE.REGEXP_CONTAINS('', pattern) IS NULL
    );
    IF v_bad_pattern IS NOT NULL THEN
      RAISE USING MESSAGE = CONCAT('EROS_BAD_PATTERN: the restrictions of ', p_page_name, ' hold what is no RE2 pattern: ', v_bad_pattern, '. Mend it in creator_caption_restrictions.');
    END IF;
    -- Patterns become one alternation, NULL when there is none.
    SET v_hard_pattern = (SELECT CONCAT('(?:', STRING_AGG(pattern, ')|(?:'), ')') FROM UNNEST(v_hard_patterns) AS pattern);
    SET v_soft_pattern = (SELECT CONCAT('(?:', STRING_AGG(pattern, ')|(?:'), ')') FROM UNNEST(v_soft_patterns) AS pattern);
  END IF;

  -- Allow-lists; an empty one allows everything.
  IF EXISTS (SELECT 1 FROM `${dataset}.active_creator_allowed_profile_v` WHERE page_name = p_page_name) THEN
    SET (v_ppv_categories, v_ppv_tiers, v_bump_categories, v_bump_tiers) = (
      SELECT AS STRUCT
        ARRAY(SELECT LOWER(item) FROM UNNEST(profile.allowed_ppv_categories) AS item),
        ARRAY(SELECT LOWER(item) FROM UNNEST(profile.allowed_ppv_tiers) AS item),
        ARRAY(SELECT LOWER(item) FROM UNNEST(profile.allowed_bump_categories) AS item),
        ARRAY(SELECT LOWER(item) FROM UNNEST(profile.allowed_bump_tiers) AS item)
      FROM `${dataset}.active_creator_allowed_profile_v` AS profile
      WHERE profile.page_name = p_page_name
    );
  END IF;

  -- Every caption that no page uses in these days, with the rule that removes it if one does, and its draw.
  -- The draw is stored: evaluated again it would give another rank than score.
  CREATE OR REPLACE TEMP TABLE scc_pool AS
  WITH captions AS (
    SELECT caption_id, caption_text, content_category, price_tier, IFNULL(has_urgency, FALSE) AS has_urgency, avg_revenue, tier
    FROM `${dataset}.available_captions`
    -- What has no text can't be sent.
    WHERE NOT v_is_test AND TRIM(caption_text) != ''
    UNION ALL
    SELECT caption_id, caption_text, content_category, price_tier, IFNULL(has_urgency, FALSE), avg_revenue, `${dataset}.canonical_tier`(price_tier)
    FROM `${dataset}.caption_bank`
    WHERE v_is_test AND usage_status = 'test_only' AND TRIM(caption_text) != ''
  ),
  quotas AS (
    SELECT tier, quota
    FROM UNNEST([
      STRUCT('budget' AS tier, p_num_budget AS quota),
      STRUCT('mid' AS tier, p_num_mid AS quota),
      STRUCT('premium' AS tier, p_num_premium AS quota),
      STRUCT('bump' AS tier, p_num_bump AS quota)
    ])
  ),
  category_use AS (
    SELECT content_category, COUNT(*) AS uses
    FROM scc_recent
    WHERE used_date <= DATE_ADD(v_today, INTERVAL 7 DAY)
    GROUP BY content_category
  ),
  -- The page's arms are few; every other caption stands at the prior.
  arms AS (
    SELECT
      stats.caption_id,
      stats.successes,
      stats.failures,
      stats.avg_emv,
      stats.bounds.exploration_bonus AS exploration_bonus,
      IFNULL(stats.total_observations, 0) < 10 OR stats.bounds.upper_bound - stats.bounds.lower_bound > 0.3 AS is_little_known
    FROM (
      -- An arm that never saw an EMV stands at 0.0, which is no earnings known: the bank's average counts then.
      SELECT caption_id, successes, failures, total_observations, IF(last_emv_observed IS NULL, NULLIF(avg_emv, 0.0), avg_emv) AS avg_emv, `${dataset}.wilson_score_bounds`(IFNULL(successes, 1), IFNULL(failures, 1)) AS bounds
      FROM `${dataset}.caption_bandit_stats`
      WHERE page_name = p_page_name
    ) AS stats
  ),
  judged AS (
    SELECT
      captions.caption_id,
      captions.caption_text,
      captions.content_category,
      captions.price_tier,
      captions.has_urgency,
      captions.tier,
      quotas.quota,
      -- A fifth of the quota, half up.
      DIV(2 * quotas.quota + 5, 10) AS reserve,
      IFNULL(arms.successes, 1) AS successes,
      IFNULL(arms.failures, 1) AS failures,
      IFNULL(arms.exploration_bonus, prior.bounds.exploration_bonus) AS exploration_bonus,
      IFNULL(arms.is_little_known, TRUE) AS is_little_known,
      COALESCE(arms.avg_emv, captions.avg_revenue, 0.0) AS emv,
      IF(captions.content_category IN UNNEST(v_recent_categories), -0.2, 0.1)
        + IF(captions.tier IN UNNEST(v_recent_tiers), -0.2, 0.1)
        + IF(captions.has_urgency AND v_was_urgent, -0.1, 0.05) AS diversity,
      captions.has_urgency AND v_urgent_used >= v_urgent_limit OR IFNULL(category_use.uses, 0) >= v_category_limit AS is_over_limit,
      CASE
        WHEN captions.has_urgency AND v_urgent_used >= v_urgent_limit - 1 THEN -0.5
        WHEN category_use.uses >= 16 THEN -0.3
        WHEN category_use.uses >= 12 THEN -0.15
        ELSE 0.0
      END AS weekly_penalty,
      CASE
        WHEN v_is_restricted AND (v_scope = 'ALL' OR v_scope = IF(captions.tier = 'bump', 'BUMP_ONLY', 'PPV_ONLY')) THEN
          CASE
            WHEN LOWER(captions.content_category) IN UNNEST(v_banned_categories) THEN 'CATEGORY'
            WHEN captions.tier IN UNNEST(v_banned_tiers) OR LOWER(captions.price_tier) IN UNNEST(v_banned_tiers) THEN 'PRICE_TIER'
            WHEN REGEXP_CONTAINS(captions.caption_text, v_hard_pattern) THEN 'PATTERN_HARD'
            WHEN REGEXP_CONTAINS(captions.caption_text, v_soft_pattern) THEN 'PATTERN_SOFT'
          END
      END AS restriction,
      CASE
        WHEN captions.tier != 'bump' AND ARRAY_LENGTH(v_ppv_categories) > 0
          AND IFNULL(LOWER(captions.content_category), '') NOT IN UNNEST(v_ppv_categories) THEN 'CATEGORY'
        WHEN captions.tier != 'bump' AND ARRAY_LENGTH(v_ppv_tiers) > 0
          AND captions.tier NOT IN UNNEST(v_ppv_tiers) AND LOWER(captions.price_tier) NOT IN UNNEST(v_ppv_tiers) THEN 'PRICE_TIER'
        WHEN captions.tier = 'bump' AND ARRAY_LENGTH(v_bump_categories) > 0
          AND IFNULL(LOWER(captions.content_category), '') NOT IN UNNEST(v_bump_categories) THEN 'CATEGORY'
        WHEN captions.tier = 'bump' AND ARRAY_LENGTH(v_bump_tiers) > 0
          AND captions.tier NOT IN UNNEST(v_bump_tiers) AND LOWER(captions.price_tier) NOT IN UNNEST(v_bump_tiers) THEN 'PRICE_TIER'
      END AS not_allowed
    FROM captions
    JOIN quotas
      ON quotas.tier = captions.tier
    CROSS JOIN (SELECT `${dataset}.wilson_score_bounds`(1, 1) AS bounds) AS prior
    LEFT JOIN arms
      ON arms.caption_id = captions.caption_id
    LEFT JOIN category_use
      ON category_use.content_category = captions.content_category
    WHERE NOT EXISTS (
      SELECT 1
      FROM `${dataset}.recent_caption_usage_v` AS used
      WHERE used.caption_id = captions.caption_id
    )
  )
  SELECT
    caption_id,
    caption_text,
    content_category,
    price_tier,
    has_urgency,
    tier,
    quota,
    reserve,
    diversity,
    emv,
    IF(restriction = 'PATTERN_SOFT', LEAST(weekly_penalty, -0.5), weekly_penalty) AS penalty,
    exploration_bonus,
    is_little_known,
    restriction,
    not_allowed,
    is_over_limit,
    `${dataset}.wilson_sample`(successes, failures) AS thompson_score
  FROM judged;

  CREATE OR REPLACE TEMP TABLE scc_picked AS
  WITH scored AS (
    SELECT
      caption_id,
      caption_text,
      content_category,
      has_urgency,
      tier,
      quota,
      reserve,
      diversity,
      emv,
      penalty,
      is_little_known,
      thompson_score,
      exploration_bonus * thompson_score AS exploration_value,
      `${dataset}.segment_multiplier`(p_behavioral_segment, tier) AS multiplier,
      `${dataset}.selection_score`(thompson_score, diversity, emv, penalty, `${dataset}.segment_multiplier`(p_behavioral_segment, tier)) AS final_score
    FROM scc_pool
    -- Exclusions come before ranking: an excluded caption takes no place.
    WHERE quota > 0
      AND IFNULL(restriction, 'PATTERN_SOFT') = 'PATTERN_SOFT'
      AND not_allowed IS NULL
      AND NOT is_over_limit
  ),
  -- Nothing beyond the best 2q + 5 of a tier, by score or by worth of exploring, can be picked below: the rest need not be ranked.
  listed AS (
    SELECT scored.*
    FROM scored
    QUALIFY ROW_NUMBER() OVER (PARTITION BY tier, has_urgency ORDER BY final_score DESC, caption_id) <= 2 * quota + v_urgent_limit
      OR ROW_NUMBER() OVER (PARTITION BY tier, has_urgency, is_little_known ORDER BY exploration_value DESC, caption_id) <= reserve
  ),
  -- A caption once, also where the bank was loaded twice.
  shortlist AS (
    SELECT listed.*
    FROM listed
    QUALIFY ROW_NUMBER() OVER (PARTITION BY caption_id ORDER BY final_score DESC) = 1
  ),
  -- Of urgent captions only as many may compete as the week has left. A place would be lost on one that is not chosen anyway: so
  -- the first choice is made without the limit, and of its urgent ones those come first that their tier can't be filled without,
  -- then those that stand highest in theirs. Both are shares of the quota, so that a caller who asks for a larger pool and takes a
  -- part of each tier gets the same ones in that part.
  freely_explored AS (
    SELECT
      ordered.*,
      explore_place <= reserve AND is_little_known AS is_exploring
    FROM (SELECT shortlist.*, ROW_NUMBER() OVER (PARTITION BY tier, is_little_known ORDER BY exploration_value DESC, caption_id) AS explore_place FROM shortlist) AS ordered
  ),
  freely_ranked AS (
    SELECT
      freely_explored.*,
      ROW_NUMBER() OVER (PARTITION BY tier, is_exploring ORDER BY final_score DESC, caption_id) AS place,
      COUNTIF(is_exploring) OVER (PARTITION BY tier) AS exploring,
      COUNTIF(NOT has_urgency) OVER (PARTITION BY tier) AS calm
    FROM freely_explored
  ),
  urgent_in_tier AS (
    SELECT
      caption_id,
      final_score,
      -- The tier is filled up to this share without it. What stands beyond 1 loses, and comes after all that win.
      (calm + ROW_NUMBER() OVER (PARTITION BY tier ORDER BY final_score DESC, caption_id)) / quota AS need,
      IF(is_exploring, SAFE_DIVIDE(explore_place, reserve), SAFE_DIVIDE(place, quota - exploring)) AS standing
    FROM freely_ranked
    WHERE has_urgency
  ),
  urgent_admitted AS (
    SELECT caption_id
    FROM (SELECT caption_id, ROW_NUMBER() OVER (ORDER BY IF(need > 1, 2, need), standing, final_score DESC, caption_id) AS position FROM urgent_in_tier)
    WHERE position <= v_urgent_limit - v_urgent_used
  ),
  competing AS (
    SELECT shortlist.*
    FROM shortlist
    LEFT JOIN urgent_admitted
      ON urgent_admitted.caption_id = shortlist.caption_id
    WHERE NOT shortlist.has_urgency OR urgent_admitted.caption_id IS NOT NULL
  ),
  explored AS (
    SELECT
      competing.*,
      ROW_NUMBER() OVER (PARTITION BY tier, is_little_known ORDER BY exploration_value DESC, caption_id) <= reserve AND is_little_known AS is_exploring
    FROM competing
  ),
  ranked AS (
    SELECT
      explored.*,
      ROW_NUMBER() OVER (PARTITION BY tier, is_exploring ORDER BY final_score DESC, caption_id) AS place,
      COUNTIF(is_exploring) OVER (PARTITION BY tier) AS exploring
    FROM explored
  )
  SELECT
    caption_id,
    caption_text,
    content_category,
    has_urgency,
    tier,
    diversity,
    emv,
    penalty,
    multiplier,
    exploration_value,
    thompson_score,
    final_score,
    IF(is_exploring, 'explore', 'exploit') AS strategy
  FROM ranked
  WHERE is_exploring OR place <= quota - exploring;

  -- From here three statements and no transaction: pages select at the same time, and in transactions their MERGEs would abort each other.
  -- What restrictions did, and whether they leave the page enough to choose from.
  IF v_is_restricted OR ARRAY_LENGTH(v_ppv_categories) + ARRAY_LENGTH(v_ppv_tiers) + ARRAY_LENGTH(v_bump_categories) + ARRAY_LENGTH(v_bump_tiers) > 0 THEN
    SET (v_ppv_pool, v_bump_pool) = (
      SELECT AS STRUCT COUNTIF(tier != 'bump'), COUNTIF(tier = 'bump')
      FROM scc_pool
      WHERE IFNULL(restriction, 'PATTERN_SOFT') = 'PATTERN_SOFT' AND not_allowed IS NULL
    );
    IF IFNULL((SELECT LOGICAL_OR(is_enabled) FROM `${dataset}.feature_flags` WHERE flag = 'caption_filter_audit_enabled'), TRUE) THEN
      INSERT INTO `${dataset}.caption_filter_audit_log` (
        workflow_id, schedule_id, page_name, caption_id, caption_text, content_category, price_tier,
        rule_type, rule_value, enforcement, stage, filtered_at, total_pool_before, total_pool_after
      )
      SELECT
        v_run_id,
        CAST(NULL AS STRING),
        p_page_name,
        caption_id,
        caption_text,
        content_category,
        price_tier,
        removal,
        CASE removal
          WHEN 'CATEGORY' THEN content_category
          WHEN 'PRICE_TIER' THEN price_tier
          WHEN 'PATTERN_HARD' THEN (SELECT pattern FROM UNNEST(v_hard_patterns) AS pattern WITH OFFSET AS position WHERE REGEXP_CONTAINS(caption_text, pattern) ORDER BY position LIMIT 1)
          ELSE (SELECT pattern FROM UNNEST(v_soft_patterns) AS pattern WITH OFFSET AS position WHERE REGEXP_CONTAINS(caption_text, pattern) ORDER BY position LIMIT 1)
        END,
        IF(removal = 'PATTERN_SOFT', 'SOFT', 'HARD'),
        'select_captions_for_creator',
        v_now,
        (SELECT COUNT(*) FROM scc_pool),
        v_ppv_pool + v_bump_pool
      FROM (
        -- What ranks down only is not the reason where the allow-list removes.
        SELECT caption_id, caption_text, content_category, price_tier, IF(restriction = 'PATTERN_SOFT', IFNULL(not_allowed, restriction), IFNULL(restriction, not_allowed)) AS removal
        FROM scc_pool
        WHERE quota > 0
      )
      WHERE removal IS NOT NULL;
    END IF;
    IF (p_num_budget + p_num_mid + p_num_premium > 0 AND v_ppv_pool < v_min_ppv_pool) OR (p_num_bump > 0 AND v_bump_pool < v_min_bump_pool) THEN
      INSERT INTO `${dataset}.automation_alerts` (alert_id, alert_time, alert_level, alert_source, alert_message, job_id, acknowledged)
      VALUES (
        GENERATE_UUID(), v_now, 'WARNING', 'select_captions_for_creator',
        CONCAT('Restrictions leave ', p_page_name, ' ', CAST(v_ppv_pool AS STRING), ' PPV and ', CAST(v_bump_pool AS STRING), ' bump captions.'),
        v_run_id, FALSE
      );
    END IF;
  END IF;

  MERGE `${dataset}.caption_selector_results` AS results
  USING (
    WITH listed AS (
      SELECT
        tier,
        final_score,
        caption_id,
        STRUCT(caption_id, caption_text, tier AS price_tier, content_category, has_urgency, thompson_score, final_score, strategy) AS caption
      FROM scc_picked
    )
    SELECT
      p_page_name AS page_name,
      ARRAY(SELECT caption FROM listed WHERE tier = 'budget' ORDER BY final_score DESC, caption_id) AS budget_captions,
      ARRAY(SELECT caption FROM listed WHERE tier = 'mid' ORDER BY final_score DESC, caption_id) AS mid_captions,
      ARRAY(SELECT caption FROM listed WHERE tier = 'premium' ORDER BY final_score DESC, caption_id) AS premium_captions,
      ARRAY(SELECT caption FROM listed WHERE tier = 'bump' ORDER BY final_score DESC, caption_id) AS bump_captions,
      (
        SELECT TO_JSON(STRUCT(
          p_num_budget - COUNTIF(tier = 'budget') AS budget,
          p_num_mid - COUNTIF(tier = 'mid') AS mid,
          p_num_premium - COUNTIF(tier = 'premium') AS premium,
          p_num_bump - COUNTIF(tier = 'bump') AS bump
        ))
        FROM scc_picked
      ) AS shortfall
  ) AS selection
  ON results.page_name = selection.page_name
  WHEN MATCHED THEN
    UPDATE SET
      run_id = v_run_id,
      behavioral_segment = p_behavioral_segment,
      created_at = v_now,
      budget_captions = selection.budget_captions,
      mid_captions = selection.mid_captions,
      premium_captions = selection.premium_captions,
      bump_captions = selection.bump_captions,
      shortfall = selection.shortfall
  WHEN NOT MATCHED THEN
    INSERT (run_id, page_name, behavioral_segment, created_at, budget_captions, mid_captions, premium_captions, bump_captions, shortfall)
    VALUES (
      v_run_id, selection.page_name, p_behavioral_segment, v_now,
      selection.budget_captions, selection.mid_captions, selection.premium_captions, selection.bump_captions, selection.shortfall
    );

  SELECT
    caption_id,
    caption_text,
    tier,
    content_category,
    has_urgency,
    final_score,
    thompson_score,
    strategy,
    STRUCT(diversity, emv, penalty, multiplier, exploration_value) AS debug
  FROM scc_picked
  ORDER BY tier, final_score DESC, caption_id;
END;
