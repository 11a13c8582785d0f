// Section 3: functions, and the views over the bank.
import {mutate} from './mutation.js';

export const functionMutations = [
	...mutate('functions/wilson_spread', 'functions', [
		['z is 1.96', '1.96 * SQRT', '1.95 * SQRT', 'gives the interval'],
		['z²/4', '0.9604', '0.9504', 'gives the interval'],
	]),
	...mutate('functions/wilson_interval', 'functions', [
		['the lower bound takes the spread off', '1.9208 - spread', '1.9208 + spread', 'gives the interval'],
		['the bonus counts n + 1', 'SQRT(successes + failures + 1)', 'SQRT(successes + failures + 2)', 'gives the interval'],
	]),
	...mutate('functions/wilson_score_bounds', 'functions', [
		['no successes are told as NULL or below 0', 'GREATEST(IFNULL(successes, 0), 0),\n', 'successes,\n', 'takes NULL and negative'],
		['no failures are told as NULL or below 0', 'GREATEST(IFNULL(failures, 0), 0),\n', 'failures,\n', 'takes NULL and negative'],
	]),
	...mutate('functions/beta_at', 'functions', [
		['kappa is 1', '1.0 * z', '0.2 * z', 'wilson_sample'],
		['the deviation of Beta', 'a + b + 1', 'a + b', 'wilson_sample'],
		['draws stay above 0', 'GREATEST(0.0, LEAST', 'GREATEST(-1.0, LEAST', 'wilson_sample'],
		['draws stay below 1', 'LEAST(1.0, SAFE', 'LEAST(2.0, SAFE', 'wilson_sample'],
	]),
	...mutate('functions/wilson_sample_z', 'functions', [
		['counts are raised when one is 0', 'IFNULL(failures, 0)) > 0', 'IFNULL(failures, 0)) >= 0', 'wilson_sample'],
		['both counts are raised', 'GREATEST(IFNULL(failures, 0), 0) + 1', 'GREATEST(IFNULL(failures, 0), 0)', 'wilson_sample'],
	]),
	...mutate('functions/wilson_sample', 'functions', [
		['a draw is random', '1.0 - RAND(), RAND()', '0.4, 0.2', 'draws 1,000'],
	]),
	...mutate('functions/box_muller', 'functions', [
		['the transform', ' * COS(', ' * SIN(', 'Box and Muller'],
	]),
	...mutate('functions/caption_text_norm', 'functions', [
		['lower case', 'LOWER(TRIM(message))', 'TRIM(message)', 'hash'],
		['punctuation is dropped', String.raw`[^\w\s]`, String.raw`[^\w\s!]`, 'hash'],
		['spaces are joined', String.raw`r'\s+', ' '`, String.raw`r'\s', ' '`, 'hash'],
		['trimmed at the end as well', '  TRIM(REGEXP_REPLACE(\n', '  CONCAT(REGEXP_REPLACE(\n', 'hash'],
	]),
	...mutate('functions/assignment_key', 'functions', [
		['the separator', "p_page_name, '|',", "p_page_name, '/',", 'name a lock'],
		['the date\'s form', '%Y-%m-%d', '%Y%m%d', 'name a lock'],
	]),
	...mutate('functions/canonical_tier', 'functions', [
		['in any case', 'LOWER(TRIM(price_tier))', 'TRIM(price_tier)', 'map raw labels'],
		['whatever blanks stand around it', 'LOWER(TRIM(price_tier))', 'LOWER(price_tier)', 'map raw labels'],
	]),
	...mutate('functions/tier_of_label', 'functions', [
		['free is a bump', "('bump', 'free')", "('bump')", 'map raw labels'],
		['low is budget', "('low', 'budget')", "('budget')", 'map raw labels'],
		['standard is mid', "('mid', 'standard')", "('mid')", 'map raw labels'],
		['luxury is premium', "'luxury', 'vip'", "'vip'", 'map raw labels'],
	]),
	...mutate('functions/la_date', 'functions', [['the date of Los Angeles', "'${timezone}'", "'UTC'", 'business time']]),
	...mutate('functions/la_hour', 'functions', [['the hour follows daylight saving time', "'${timezone}'", "'-08:00'", 'business time']]),
	...mutate('functions/la_dayofweek', 'functions', [['Sunday is 1', 'EXTRACT(DAYOFWEEK', '1 + EXTRACT(DAYOFWEEK', 'business time']]),
	...mutate('functions/counts_as_used', 'functions', [
		['a swept lock was used', "('PAST_SEND_DATE', 'STALE_7DAY')", "('STALE_7DAY')", 'remember swept'],
		['a lock rolled back was not', "('PAST_SEND_DATE', 'STALE_7DAY')", "('PAST_SEND_DATE', 'STALE_7DAY', 'ROLLBACK')", 'remember swept'],
		['NULL is not active', 'IFNULL(p_is_active, FALSE)', 'IFNULL(p_is_active, TRUE)', 'remember swept'],
	]),
	...mutate('functions/segment_multiplier', 'functions', [
		['1.25 for premium', 'THEN 1.25', 'THEN 1.2', 'both names'],
		['1.15 for budget', 'THEN 1.15', 'THEN 1.1', 'both names'],
		['mid counts as budget-conscious', "IN ('budget', 'mid')", "IN ('budget')", 'both names'],
		['LUXURY is an alias', "'PREMIUM', 'LUXURY'", "'PREMIUM'", 'both names'],
	]),
	...mutate('functions/selection_score', 'functions', [
		['70 % is the draw', '0.70 *', '0.65 *', 'score the example'],
		['diversity is scaled to [0, 1]', '/ 0.75', '/ 1.0', 'score the example'],
		['earnings are bounded at 100 USD', 'LEAST(1.0, p_emv / 100)', 'p_emv / 100', 'score the example'],
		['never below 0', 'GREATEST(\n    0.0,', 'GREATEST(\n    -1.0,', 'score the example'],
		['the best is 1', ') / 1.25\n', ') / 1.2\n', 'score the example'],
	]),
	...mutate('functions/saturation_weight', 'saturation', [
		['XL is MEGA', "WHEN 'XL' THEN 0.30", "WHEN 'XL' THEN 0.15", 'wrapper'],
		['the weight of LARGE', "WHEN 'LARGE' THEN 0.25", "WHEN 'LARGE' THEN 0.20", 'weighs views'],
	]),
	...mutate('views/available_captions', 'view', [
		['bumps need no score', "tier IS NOT NULL) OR tier = 'bump'", "tier IS NOT NULL)", 'offers paid'],
		['a score above 0', 'score > 0', 'score >= 0', 'offers paid'],
		['labels without a tier are left out', 'overall_performance_score > 0 AND tier IS NOT NULL', 'overall_performance_score > 0', 'offers paid'],
		['the usage status', "('available', 'moderate_recency')", "('available', 'moderate_recency', 'recent')", 'offers paid'],
	]),
	...mutate('views/caption_bank_enriched', 'view', [
		['urgency needs the flag', 'WHEN has_urgency AND REGEXP', 'WHEN REGEXP', 'first trigger'],
		['parts of words count', "r'(?i)(now|", "r'(?i)\\b(now|", 'first trigger'],
		['in any case', '(?i)(everyone', '(everyone', 'first trigger'],
		['a question is curiosity', "STRPOS(caption_text, '?') > 0", "STRPOS(caption_text, '?') > 1000", 'first trigger'],
	]),
	...mutate('views/recent_caption_usage_v', 'selector', [
		['7 days, the first included', '>= DATE_SUB', '> DATE_SUB', 'used within 7 days'],
		['swept locks rest', "`${dataset}.counts_as_used`(is_active, deactivation_reason)", 'is_active', 'used within 7 days'],
	]),
	...mutate('views/recent_caption_usage_v', 'selector-rules', [
		['7 days', 'INTERVAL 7 DAY', 'INTERVAL 8 DAY', 'use by others'],
		['the day in business time', "CURRENT_DATE('${timezone}')", 'CURRENT_DATE()', 'counts 7 days'],
		['without a send date by the day of locking', 'AND IFNULL(scheduled_send_date, assigned_date)', 'AND scheduled_send_date', 'no send date'],
	]),
	...mutate('views/active_creator_caption_restrictions_v', 'selector', [
		['the newest version counts', 'ORDER BY version DESC', 'ORDER BY version', 'newest version'],
	]),
	...mutate('views/active_creator_caption_restrictions_v', 'selector-rules', [
		['200 PPVs unless said', 'IFNULL(min_ppv_pool, 200)', 'IFNULL(min_ppv_pool, 0)', 'warn when'],
		['50 bumps unless said', 'IFNULL(min_bump_pool, 50)', 'IFNULL(min_bump_pool, 0)', 'warn when'],
	]),
	...mutate('views/schedule_recommendations_with_messages', 'view', [
		['a schedule without messages is a row', 'LEFT JOIN UNNEST', 'CROSS JOIN UNNEST', 'as one row'],
		['odd values are NULL', "SAFE_CAST(JSON_VALUE(message, '$.price') AS FLOAT64)", "CAST(JSON_VALUE(message, '$.price') AS FLOAT64)", 'odd values'],
		['the arm is the page\'s own', ' AND stats.page_name = timed.page_name', '', 'joins each'],
		['the message\'s text comes first', 'IFNULL(timed.caption_text, bank.caption_text)', 'IFNULL(bank.caption_text, timed.caption_text)', 'joins each'],
		['the civil time', "DATETIME(scheduled_send_at, '${timezone}')", 'DATETIME(scheduled_send_at)', 'joins each'],
		['the rank is by day', ', DATE(timed.scheduled_send_time) ORDER', ' ORDER', 'joins each'],
	]),
	...mutate('views/latest_recommendations', 'view', [
		['the newest of a week', 'ORDER BY created_at DESC', 'ORDER BY created_at', 'newest schedule'],
		['archived ones do not count', "!= 'archived'", "!= 'gone'", 'newest schedule'],
	]),
];
