// What readers of a TVF or of the view rely on: column names, in order where the order is read.

export const tableFunctionColumns: Readonly<Record<string, readonly string[]>> = {
	classify_account_size: ['page_name', 'account_size', 'size_rank', 'message_count', 'total_revenue_period', 'revenue_90d', 'avg_audience', 'weekly_ppv_base', 'weekly_bump_base', 'min_ppv_gap_minutes', 'max_messages_per_day', 'saturation_tolerance'],
	analyze_saturation_status: ['page_name', 'saturation_score', 'saturation_status', 'view_rate_deviation', 'rpr_deviation', 'platform_deviation', 'consecutive_underperform_days', 'recommended_action', 'volume_factor', 'confidence', 'exclusion_reason', 'recent_days', 'baseline_days'],
	calculate_performance_metrics: ['page_name', 'message_count', 'ppv_count', 'bump_count', 'total_sent', 'total_viewed', 'total_purchased', 'total_earnings', 'view_rate', 'conversion_rate', 'purchase_rate', 'avg_rpr', 'avg_emv', 'median_emv', 'avg_ppv_price', 'first_message_at', 'last_message_at', 'distinct_captions'],
	get_recent_performance_window: ['send_date', 'day_of_week', 'message_count', 'ppv_count', 'bump_count', 'sent', 'viewed', 'purchased', 'earnings', 'view_rate', 'conversion_rate', 'rpr', 'avg_emv', 'rpr_trailing_7', 'is_holiday'],
	detect_anomalies: ['sending_time', 'caption_id', 'message_kind', 'metric', 'value', 'baseline_mean', 'baseline_stddev', 'z_score', 'severity', 'direction'],
	calculate_engagement_rates: ['message_kind', 'message_count', 'total_sent', 'view_rate', 'conversion_rate', 'purchase_rate', 'rpr', 'avg_emv', 'wilson_lower', 'wilson_upper'],
	get_creator_baseline: ['scope', 'key', 'n', 'mean_rpr', 'stddev_rpr', 'median_rpr', 'mean_view_rate', 'stddev_view_rate', 'mean_conversion', 'stddev_conversion', 'mean_emv', 'messages_per_day'],
};

/** Rows each function gives for a page that does not exist: one row of defaults, fixed rows, or none. */
export const rowsForUnknownPage: Readonly<Record<string, number>> = {
	classify_account_size: 1,
	analyze_saturation_status: 1,
	calculate_performance_metrics: 1,
	get_recent_performance_window: 0,
	detect_anomalies: 0,
	calculate_engagement_rates: 3,
};

export const viewColumns: readonly string[] = [
	'schedule_id', 'page_name', 'week_start', 'schedule_created_at', 'schedule_status', 'schedule_is_active', 'account_size', 'saturation_zone',
	'message_index', 'day_of_week', 'scheduled_send_at', 'scheduled_send_time', 'message_type', 'caption_id', 'caption_text', 'price_tier',
	'content_category', 'has_urgency', 'price', 'performance_score', 'confidence_lower_bound', 'confidence_upper_bound', 'total_observations',
	'caption_last_updated', 'time_slot_rank',
];
