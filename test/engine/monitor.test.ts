import {afterEach, describe, expect, it} from 'vitest';
import type {Row} from '../../source/ports/warehouse.js';
import {runMonitor, type MonitorOptions, type MonitorResult} from '../../source/engine/monitor.js';
import {monitorOffsetsMs, nextSample} from '../../source/engine/monitor-plan.js';
import {buildSample} from '../../source/engine/monitor-sample.js';
import {StepInterrupted} from '../../source/engine/task.js';
import {createDrivenClock} from '../../source/host/driven-clock.js';
import {createMemoryWarehouse} from './support/memory-warehouse.js';
import {aTask, cleanUpTestRuns, startMs, startTestRun, type TestRun, type TestRunOptions} from './support/test-run.js';

afterEach(cleanUpTestRuns);

const hourMs = 3_600_000;
const healthy: Row = {score: 93, components: '[{"name":"errors","weight":30,"points":30,"detail":"0.3% of 368 jobs"}]', jobs_finished: 368, jobs_failed: 1, integrity_violations: 0, corrupt_rows: 0, available_captions: 412, top_errors: '[]'};
const cheap: Row = {last_24h_micros: 310_000, today_micros: 310_000, since_deploy_micros: 310_000, billed_bytes: 1, drivers: '[{"name":"update","micros":200000}]'};

const watch = (change: Partial<MonitorOptions> = {}) => aTask('5.2', {criteria: []}, async context => {
	const result = await runMonitor(context, {t0Ms: startMs, health: {sql: 'HEALTH'}, cost: () => ({sql: 'COST'}), backfill: (_t0Ms, momentsMs) => ({sql: `BACKFILL ${momentsMs.length}`}), ...change});
	return `${result.samples.length} samples, ${Math.round(result.coverage * 100)}%`;
});

const missedTick: Row = {at_time: new Date(startMs + 1.25 * hourMs).toISOString(), since_deploy_micros: 200_000, jobs_finished: 40, jobs_failed: 2};
/** The job history answers when it is asked for at least one missed sample. */
const backfill = (sql: string): Row | undefined => (/^BACKFILL [1-9]/.test(sql) && !isHistoryGone ? missedTick : undefined);
let isHistoryGone = false;

const run = async (health: (count: number) => Row | undefined, options: Partial<TestRunOptions> = {}): Promise<TestRun> => {
	const warehouse = createMemoryWarehouse((spec, count) => {
		const row = spec.sql === 'HEALTH' ? health(count) : spec.sql.startsWith('BACKFILL') ? backfill(spec.sql) : cheap;
		return row === undefined ? {error: {reason: 'invalidQuery', message: 'no such table'}} : {rows: [row]};
	});
	return startTestRun({warehouse, tasks: [watch()], ...options});
};

describe('the monitor', () => {
	it('lives through 24 hours in less than a second of driven time: 20 samples, six checkpoints', async () => {
		const advanced: number[] = [];
		const clock = createDrivenClock({startMs, isFrozen: true, async onAdvance(toMs) {
			advanced.push(toMs);
		}});
		const watched = await run(() => healthy, {clock});
		expect(await watched.session.finished).toBe(0);
		const samples = watched.all('monitor.sampled');
		expect(samples.map(({dueOffsetMs}) => dueOffsetMs / hourMs)).toEqual([0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24]);
		expect(samples.map(({index}) => index)).toEqual(Array.from({length: 20}, (_, index) => index + 1));
		expect(advanced.at(-1)).toBe(startMs + 24 * hourMs);
		expect(watched.all('monitor.reviewed').map(({checkpoint}) => checkpoint)).toEqual(['T+0h', 'T+2h', 'T+4h', 'T+8h', 'T+12h', 'T+24h']);
		expect(watched.all('monitor.finished')).toEqual([{samples: 20, coverage: 1}]);
		expect(watched.session.state().monitor?.recommendation).toBe('continue');
	});

	it('takes a failed health query for no data, never for health', async () => {
		const watched = await run(count => (count === 3 ? undefined : healthy));
		await watched.session.finished;
		const third = watched.all('monitor.sampled')[2]!;
		expect(third.score).toBeUndefined();
		expect(third.band).toBe('UNKNOWN');
		expect(watched.all('monitor.flagged')[2]?.flags.find(({id}) => id === 'health')?.state).toBe('no-data');
	});

	it('asks a person about two bad scores, and rolls nothing back by itself', async () => {
		const watched = await run(count => ({...healthy, score: count < 3 ? 65 : 93}), {isUnattended: false});
		const first = await watched.next('question.asked');
		expect(first.question).toMatchObject({kind: 'recommendation', recommendation: 'ask'});
		watched.session.dispatch({type: 'choose', question: first.question.id, choice: 'continue', reason: 'warming up'});
		const second = await watched.next('question.asked', ({question}) => question.id !== first.question.id);
		expect(second.question).toMatchObject({kind: 'recommendation', recommendation: 'roll-back'});
		watched.session.dispatch({type: 'choose', question: second.question.id, choice: 'continue', reason: 'known'});
		expect(await watched.session.finished).toBe(0);
		expect(watched.all('rollback.started')).toEqual([]);
	});

	it('goes on after an interruption and says what it did not see', async () => {
		let samples = 0;
		const clock = createDrivenClock({startMs, isFrozen: true});
		const first = await run(count => {
			samples = count;
			return healthy;
		}, {clock});
		await first.next('monitor.sampled', ({index}) => index === 4);
		first.session.dispatch({type: 'cancel'});
		await first.session.finished;
		await first.journal.close();
		const seen = samples;
		await clock.sleepUntil(startMs + 5 * hourMs);
		const second = await run(() => healthy, {clock, folder: first.folder});
		expect(await second.session.finished).toBe(0);
		const [blind] = second.all('monitor.blinded');
		expect(blind?.toMs).toBeGreaterThanOrEqual(startMs + 5 * hourMs);
		expect(blind?.reason).toMatch(/^\d+ samples missed: the monitor was not running$/);
		expect(blind?.backfilled).toEqual(['cost', 'errors']);
		expect(blind?.ticks).toEqual([{dueOffsetMs: 1.25 * hourMs, sinceDeployMicros: 200_000, jobsFinished: 40, jobsFailed: 2}]);
		expect(second.session.state().monitor?.blindWindows).toHaveLength(1);
		expect(second.all('monitor.started')).toHaveLength(1);
		expect(second.all('monitor.finished')[0]?.coverage).toBeLessThan(1);
		expect(seen).toBeLessThan(20);
	});

	/** Lives whose step is killed when the watch is over and nothing is decided yet. */
	const killedUndecided = async (watches: readonly Partial<MonitorOptions>[]): Promise<{readonly results: readonly MonitorResult[]; readonly last: TestRun}> => {
		const clock = createDrivenClock({startMs, isFrozen: true});
		const results: MonitorResult[] = [];
		let last: TestRun | undefined;
		for (const [life, change] of watches.entries()) {
			const task = aTask('5.2', {criteria: []}, async context => {
				results.push(await runMonitor(context, {t0Ms: startMs, health: {sql: 'HEALTH'}, cost: () => ({sql: 'COST'}), ...change}));
				return new Promise<string>((_resolve, reject) => {
					context.signal.addEventListener('abort', () => {
						reject(new StepInterrupted('killed'));
					});
				});
			});
			last = await run(count => ({...healthy, score: count >= 19 ? 65 : 93}), {clock, tasks: [task], ...(last === undefined ? {} : {folder: last.folder})});
			await expect.poll(() => results.length).toBe(life + 1);
			last.session.dispatch({type: 'cancel'});
			await last.session.finished;
			await last.journal.close();
		}

		return {results, last: last!};
	};

	it('is over once it has ended, however often its step is killed before it is decided', async () => {
		const {results, last} = await killedUndecided([{}, {}, {}]);
		expect(last.all('monitor.started')).toHaveLength(1);
		expect(last.all('monitor.finished')).toHaveLength(1);
		expect(results[0]).toMatchObject({coverage: 1, recommendation: 'roll-back'});
		expect(results[0]?.samples).toHaveLength(20);
		expect(results[2]).toEqual(results[0]);
	});

	it('begins anew when production was deployed again', async () => {
		const {results, last} = await killedUndecided([{}, {t0Ms: startMs + 30 * hourMs}]);
		expect(last.all('monitor.started').map(({t0Ms}) => t0Ms)).toEqual([startMs, startMs + 30 * hourMs]);
		expect(results[1]?.samples).toHaveLength(20);
	});

	it('claims nothing to be back-filled when the job history does not answer', async () => {
		isHistoryGone = true;
		const clock = createDrivenClock({startMs, isFrozen: true});
		const first = await run(() => healthy, {clock});
		await first.next('monitor.sampled', ({index}) => index === 4);
		first.session.dispatch({type: 'cancel'});
		await first.session.finished;
		await first.journal.close();
		await clock.sleepUntil(startMs + 5 * hourMs);
		const second = await run(() => healthy, {clock, folder: first.folder});
		await second.session.finished;
		isHistoryGone = false;
		expect(second.all('monitor.blinded')).toMatchObject([{backfilled: []}]);
		expect(second.all('monitor.blinded')[0]?.ticks).toBeUndefined();
	});
});

describe('the plan of samples', () => {
	it('gives up what can not be made up for', () => {
		expect(nextSample(monitorOffsetsMs, 0, 0)).toEqual({index: 1, offsetMs: 0, missed: []});
		expect(nextSample(monitorOffsetsMs, 4, 5 * hourMs)).toEqual({index: 10, offsetMs: 4 * hourMs, missed: [1, 1.25, 1.5, 1.75, 2].map(hours => hours * hourMs)});
		expect(nextSample(monitorOffsetsMs, 20, 30 * hourMs)).toBeUndefined();
	});
});

describe('a sample', () => {
	it.each([[100, 'HEALTHY'], [90, 'HEALTHY'], [89, 'WATCH'], [80, 'WATCH'], [79, 'ALERT'], [70, 'ALERT'], [69, 'ROLLBACK']])('of %i is %s', (score, band) => {
		expect(buildSample({index: 1, atMs: 0, dueOffsetMs: 0, elapsedMs: hourMs, health: {score}, cost: undefined, schedules: []}).band).toBe(band);
	});

	it('projects the cost of a day from what was spent so far', () => {
		expect(buildSample({index: 1, atMs: 0, dueOffsetMs: 0, elapsedMs: 6 * hourMs, health: undefined, cost: cheap, schedules: []}).cost?.projected24hMicros).toBe(1_240_000);
	});
});
