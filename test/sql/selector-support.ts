// What the tests of the selector share: calls, uses of captions and arms.
import {monday, type Sql} from './support.js';

export type Picked = {
	readonly caption_id: number; readonly tier: string; readonly content_category: string; readonly has_urgency: boolean; readonly final_score: number; readonly thompson_score: number; readonly strategy: string;
	readonly debug: {readonly diversity: number; readonly emv: number; readonly penalty: number; readonly multiplier: number; readonly exploration_value: number};
};

export const tiers = ['budget', 'mid', 'premium', 'bump'] as const;

export const ids = (picked: readonly Picked[]): readonly number[] => picked.map(({caption_id: id}) => id).sort((a, b) => a - b);

/** Empties what the selector reads and writes, and sets the clock to Monday. */
export const clearSelector = async (sql: Sql): Promise<void> => {
	await sql.drive.set(monday);
	await sql.rows([
		'caption_bank', 'caption_bandit_stats', 'active_caption_assignments', 'caption_selector_results', 'creator_caption_restrictions', 'creator_allowed_profile', 'caption_filter_audit_log', 'automation_alerts',
	].map(table => `DELETE FROM eros.${table} WHERE TRUE;`).join('\n'));
	await sql.rows('UPDATE eros.feature_flags SET is_enabled = TRUE WHERE TRUE');
};

export const select = async (sql: Sql, quotas: readonly [number, number, number, number], {page = 'page_01', segment = 'Standard'} = {}): Promise<readonly Picked[]> =>
	sql.rows<Picked>(`CALL eros.select_captions_for_creator('${page}', '${segment}', ${quotas.join(', ')})`);

/** Locks of a page, on yesterday's date unless another is given; `null` is no send date. */
export const used = async (sql: Sql, captions: readonly number[], {page = 'page_01', date = '2025-11-02', hour = 9, assigned = '2025-10-01', isActive = true, reason = 'NULL'}: {readonly page?: string; readonly date?: string | null; readonly hour?: number; readonly assigned?: string; readonly isActive?: boolean; readonly reason?: string} = {}): Promise<void> => {
	if (captions.length > 0) {
		await sql.rows(`INSERT INTO eros.active_caption_assignments (page_name, caption_id, caption_text, assigned_date, scheduled_send_date, scheduled_send_hour, is_active, deactivation_reason)
			VALUES ${captions.map(id => `('${page}', ${id}, 'text', DATE '${assigned}', ${date === null ? 'NULL' : `DATE '${date}'`}, ${hour}, ${isActive}, ${reason})`).join(', ')}`);
	}
};

/** Arms of a page; counts of millions leave the draw no room, counts of 4e18 none at all. */
export const arms = async (sql: Sql, rows: readonly {readonly id: number; readonly successes: string | number; readonly failures: string | number; readonly observations?: number; readonly emv?: number | 'NULL'; readonly page?: string}[]): Promise<void> => {
	await sql.rows(`INSERT INTO eros.caption_bandit_stats (caption_id, page_name, successes, failures, total_observations, avg_emv, last_updated)
		VALUES ${rows.map(({id, successes, failures, observations = 1000, emv = 'NULL', page = 'page_01'}) => `(${id}, '${page}', ${successes}, ${failures}, ${observations}, ${emv}, CURRENT_TIMESTAMP())`).join(', ')}`);
};
