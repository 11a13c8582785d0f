// Operators under random pauses, lost answers and skewed clocks: nobody ever holds another one's epoch.
import {describe, expect, it} from 'vitest';
import {playSchedule, type ScheduleOptions} from './support/lease-schedule.js';

const play = async (schedules: number, change: (seed: number) => Partial<ScheduleOptions>): Promise<{readonly broken: readonly string[]; readonly epochs: number; readonly takeovers: number; readonly changes: number; readonly refusals: number}> => {
	const all = {broken: [] as string[], epochs: 0, takeovers: 0, changes: 0, refusals: 0};
	for (let seed = 1; seed <= schedules; seed += 1) {
		const result = await playSchedule({seed, operators: 2, steps: 250, mostSkewMs: 0, losesAnswers: true, ...change(seed)});
		all.broken.push(...result.broken.map(text => `seed ${seed}: ${text}`));
		all.epochs += result.epochs;
		all.takeovers += result.takeovers;
		all.changes += result.changes;
		all.refusals += result.refusals;
	}

	return all;
};

describe('the lease under 500 schedules', () => {
	it('never gives an epoch to two of two operators, whatever their clocks say', async () => {
		const result = await play(250, seed => ({mostSkewMs: seed % 2 === 0 ? 600_000 : 60_000}));
		expect(result.broken).toEqual([]);
		expect(result.epochs).toBeGreaterThan(1000);
		expect(result.takeovers).toBeGreaterThan(200);
		expect(result.refusals).toBeGreaterThan(200);
	});

	it('lets no change leave under an epoch that is over, while clocks differ by no more than its margin', async () => {
		const result = await play(250, seed => ({mostSkewMs: 5000, operators: 2 + (seed % 3)}));
		expect(result.broken).toEqual([]);
		expect(result.changes).toBeGreaterThan(500);
		expect(result.takeovers).toBeGreaterThan(200);
	});
});
