// Competing locks: whoever comes first has all of its captions, the others have none.
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {captions, startSql, type Sql} from './support.js';

let sql: Sql;
beforeAll(async () => {
	sql = await startSql();
	await sql.rows(captions(Array.from({length: 20}, (_, index) => ({id: index + 1}))));
});
afterAll(async () => {
	await sql.close();
});

const lockOnce = async (schedule: string, page: string, ids: readonly number[], date: string) =>
	sql.failure(`CALL eros.lock_caption_assignments('${schedule}', '${page}', [${ids.map((id, index) => `STRUCT(${id} AS caption_id, DATE '${date}' AS scheduled_send_date, ${8 + index} AS scheduled_send_hour)`).join(', ')}])`);

const isAbort = (error: {readonly message: string} | undefined): boolean => /aborted due to concurrent update/.test(error?.message ?? '');

type Call = Parameters<typeof lockOnce>;

/** All calls at once; then, as callers do after their pauses, those that a concurrent call aborted again, one after the other. */
const race = async (calls: readonly Call[]) => {
	const first = await Promise.all(calls.map(async call => lockOnce(...call)));
	const outcomes = [];
	for (const [index, error] of first.entries()) {
		outcomes.push(isAbort(error) ? await lockOnce(...calls[index]!) : error);
	}

	return {first, outcomes};
};

describe('concurrent locks of one caption', () => {
	it.each([[10, '2025-11-10', 1], [50, '2025-11-10', 2]])('%i calls: one succeeds, the others are rolled back', async (calls, date, caption) => {
		const {first, outcomes} = await race(Array.from({length: calls}, (_, index) => [`race_${calls}_${index}`, `page_${index}`, [caption], date]));
		// One came through at the first attempt; the aborted ones learn why at their second.
		expect(first.filter(error => error === undefined)).toHaveLength(1);
		const failures = outcomes.filter(error => error !== undefined);
		expect(failures).toHaveLength(calls - 1);
		for (const error of failures) {
			expect(error.message).toContain('ATOMIC ROLLBACK');
		}

		const winner = outcomes.indexOf(undefined);
		expect(await sql.rows(`SELECT schedule_id, page_name FROM eros.active_caption_assignments WHERE caption_id = ${caption} AND is_active`))
			.toEqual([{schedule_id: `race_${calls}_${winner}`, page_name: `page_${winner}`}]);
		// The losers left nothing, not even inactive rows; the winner's second call finds its lock.
		expect(await sql.row(`SELECT COUNT(*) AS n FROM eros.active_caption_assignments WHERE STARTS_WITH(schedule_id, 'race_${calls}_')`)).toEqual({n: 1});
		expect(await lockOnce(`race_${calls}_${winner}`, `page_${winner}`, [caption], date)).toBeUndefined();
		expect(await sql.row(`SELECT COUNT(*) AS n FROM eros.active_caption_assignments WHERE caption_id = ${caption}`)).toEqual({n: 1});
	});

	it('two overlapping batches: one is whole, the other leaves nothing', async () => {
		const {outcomes} = await race([['batch_a', 'page_a', [10, 11, 12], '2025-11-12'], ['batch_b', 'page_b', [12, 13, 14], '2025-11-12']]);
		const winner = outcomes[0] === undefined ? 'batch_a' : 'batch_b';
		expect(outcomes.filter(error => error !== undefined)).toHaveLength(1);
		expect(outcomes.find(error => error !== undefined)!.message).toContain('EROS_LOCK_CONFLICT: ATOMIC ROLLBACK – 1 of 3 blocked by 7-day conflicts: 12');
		expect(await sql.rows('SELECT schedule_id, COUNT(*) AS locks FROM eros.active_caption_assignments WHERE caption_id BETWEEN 10 AND 14 GROUP BY schedule_id'))
			.toEqual([{schedule_id: winner, locks: 3}]);
	});

	it('two batches of five that share one: one is whole, the other leaves nothing', async () => {
		await sql.rows(captions(Array.from({length: 9}, (_, index) => ({id: 100 + index}))));
		const {outcomes} = await race([['five_a', 'page_a', [100, 101, 102, 103, 104], '2025-11-12'], ['five_b', 'page_b', [104, 105, 106, 107, 108], '2025-11-14']]);
		expect(outcomes.filter(error => error === undefined)).toHaveLength(1);
		expect(await sql.rows('SELECT schedule_id, COUNT(*) AS locks FROM eros.active_caption_assignments WHERE caption_id BETWEEN 100 AND 108 GROUP BY schedule_id')).toEqual([{schedule_id: outcomes[0] === undefined ? 'five_a' : 'five_b', locks: 5}]);
	});

	it('disjoint batches both succeed', async () => {
		const {outcomes} = await race([['apart_a', 'page_a', [15, 16], '2025-11-12'], ['apart_b', 'page_b', [17, 18], '2025-11-12']]);
		expect(outcomes).toEqual([undefined, undefined]);
	});
});
