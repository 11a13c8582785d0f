import {describe, expect, it} from 'vitest';
import {AgentFailure, type AnyAgent} from '../../../source/eros/agent.js';
import {createCircuitBreaker} from '../../../source/eros/circuit-breaker.js';
import {backOffMs, runAgent, type AgentRun} from '../../../source/eros/run-agent.js';
import {runStatement, toAgentFailure} from '../../../source/eros/statements.js';
import {WarehouseError} from '../../../source/ports/warehouse.js';
import {beforeWeekMs, createTestEnvironment, weekStart} from '../support/an-environment.js';

const request = {pageName: 'test_creator', weekStart, mode: 'optimize' as const, autoExport: true};
const analysis = {account_size: 'MEDIUM' as const, saturation_status: 'GREEN' as const, saturation_score: 0, avg_emv: 1, recommended_ppv: 12, recommended_bump: 8, behavioral_segment: 'STANDARD', time_windows: [], data_freshness: null};
const anAgent = (run: () => Promise<unknown>): AnyAgent => ({name: 'performance_analyzer', dependsOn: [], run: run as never});

const aRun = (agent: AnyAgent, overrides: Partial<AgentRun> = {}): AgentRun & {readonly waits: readonly number[]} => {
	const environment = createTestEnvironment();
	const waits: number[] = [];
	return {agent, environment, request, startedAtMs: beforeWeekMs, upstream: {}, breaker: createCircuitBreaker(environment.clock), maxRetries: 3, random: () => 0, signal: new AbortController().signal, onRetry: ({waitMs}) => void waits.push(waitMs), ...overrides, waits};
};

const transient = new WarehouseError('backend', 'backendError');

describe('retries', () => {
	it('waits 2, 4 and 8 s after transient errors and then gives up', async () => {
		const run = aRun(anAgent(async () => {
			throw transient;
		}));
		const envelope = await runAgent(run);
		expect(run.waits).toEqual([2000, 4000, 8000]);
		expect(envelope).toMatchObject({status: 'failed', attempt: 4, data: null, error: {code: 'BACKEND', retryable: true}});
	});

	it('does not end before it began when the clock is set back', async () => {
		const run = aRun(anAgent(async () => analysis));
		const instants = [beforeWeekMs, beforeWeekMs - 3_600_000];
		const clock = {...run.environment.clock, now: () => instants.shift() ?? beforeWeekMs - 3_600_000};
		const envelope = await runAgent({...run, environment: {...run.environment, clock}});
		expect(envelope).toMatchObject({status: 'success', started_at: new Date(beforeWeekMs).toISOString(), finished_at: new Date(beforeWeekMs).toISOString()});
	});

	it('recovers when a later attempt succeeds', async () => {
		let calls = 0;
		const run = aRun(anAgent(async () => {
			calls += 1;
			if (calls < 3) {
				throw transient;
			}

			return analysis;
		}));
		expect(await runAgent(run)).toMatchObject({status: 'success', attempt: 3, error: null, data: analysis});
		expect(run.waits).toEqual([2000, 4000]);
	});

	it('never repeats a permanent error', async () => {
		const run = aRun(anAgent(async () => {
			throw new WarehouseError('invalid', 'EROS_BAD_PAGE: the page is empty', {reason: 'invalidQuery'});
		}));
		expect(await runAgent(run)).toMatchObject({status: 'failed', attempt: 1, error: {code: 'BAD_PAGE', retryable: false}});
		expect(run.waits).toEqual([]);
	});

	it('adds up to half a second of jitter', () => {
		expect(backOffMs(1, () => 0.999)).toBe(2499);
		expect(backOffMs(3, () => 0)).toBe(8000);
	});

	it('stops an agent after 60 s, and after 90 s when it is tried again', async () => {
		const run = aRun(anAgent(async () => new Promise(() => {})), {maxRetries: 1});
		const envelope = await runAgent(run);
		expect(envelope.error).toMatchObject({code: 'TIMEOUT', message: 'performance_analyzer did not finish in 90 s.', retryable: true});
		expect(run.environment.clock.monotonic()).toBe(60_000 + 5000 + 2000 + 90_000 + 5000);
	});

	it('ends at once when the run is cancelled', async () => {
		const stop = new AbortController();
		const run = aRun(anAgent(async () => {
			stop.abort();
			throw transient;
		}), {signal: stop.signal});
		expect(await runAgent(run)).toMatchObject({status: 'failed', attempt: 1, error: {code: 'CANCELLED'}});
	});

	it('refuses data that its schema does not allow', async () => {
		const envelope = await runAgent(aRun(anAgent(async () => ({...analysis, saturation_score: 1.5}))));
		expect(envelope.error?.code).toBe('BAD_ENVELOPE');
		expect(envelope.error?.message).toMatch(/saturation_score/);
	});
});

describe('the circuit breaker', () => {
	const aCall = () => ({});

	it('opens at the fifth failure in a row, lets one call through after 60 s and closes when it succeeds', () => {
		const {clock} = createTestEnvironment();
		const breaker = createCircuitBreaker(clock);
		for (let failure = 1; failure <= 4; failure += 1) {
			breaker.failed(aCall(), `failure ${failure}`);
		}

		expect(breaker.state()).toBe('closed');
		breaker.failed(aCall(), 'failure 5');
		expect(breaker.state()).toBe('open');
		expect(breaker.lastCause()).toBe('failure 5');
		expect(breaker.tryEnter(aCall())).toBe(false);
		clock.advance(59_999);
		expect(breaker.state()).toBe('open');
		clock.advance(1);
		expect(breaker.state()).toBe('half-open');
		const probe = aCall();
		expect(breaker.tryEnter(probe)).toBe(true);
		expect(breaker.tryEnter(aCall())).toBe(false);
		// The retries of the call that finds out are part of it.
		expect(breaker.tryEnter(probe)).toBe(true);
		breaker.failed(probe, 'failure 6');
		expect(breaker.state()).toBe('open');
		clock.advance(60_000);
		const second = aCall();
		expect(breaker.tryEnter(second)).toBe(true);
		breaker.succeeded(second);
		expect(breaker.state()).toBe('closed');
		expect(breaker.tryEnter(aCall())).toBe(true);
	});

	it('stays open 60 s from the fifth failure: those that were under way then do not prolong it', () => {
		const {clock} = createTestEnvironment();
		const breaker = createCircuitBreaker(clock);
		for (let failure = 1; failure <= 5; failure += 1) {
			breaker.failed(aCall(), 'denied');
		}

		clock.advance(30_000);
		breaker.failed(aCall(), 'denied late');
		clock.advance(30_000);
		expect(breaker.state()).toBe('half-open');
	});

	it('a call that ended without finding out lets the next one try', () => {
		const {clock} = createTestEnvironment();
		const breaker = createCircuitBreaker(clock);
		for (let failure = 1; failure <= 5; failure += 1) {
			breaker.failed(aCall(), 'denied');
		}

		clock.advance(60_000);
		const probe = aCall();
		expect(breaker.tryEnter(probe)).toBe(true);
		breaker.left(aCall());
		expect(breaker.tryEnter(aCall())).toBe(false);
		breaker.left(probe);
		expect(breaker.tryEnter(aCall())).toBe(true);
	});

	it('forgets failures after a success', () => {
		const breaker = createCircuitBreaker(createTestEnvironment().clock);
		for (let round = 0; round < 3; round += 1) {
			for (let failure = 1; failure <= 4; failure += 1) {
				breaker.failed(aCall(), 'denied');
			}

			breaker.succeeded(aCall());
		}

		expect(breaker.state()).toBe('closed');
	});

	it('counts a call once, when its retries are used up', async () => {
		const environment = createTestEnvironment();
		const breaker = createCircuitBreaker(environment.clock);
		const fails = anAgent(async () => {
			throw transient;
		});
		for (let page = 1; page <= 4; page += 1) {
			await runAgent(aRun(fails, {environment, breaker}));
			expect(breaker.state()).toBe('closed');
		}

		await runAgent(aRun(fails, {environment, breaker}));
		expect(breaker.state()).toBe('open');
	});

	it('does not count what is only the page’s fault', async () => {
		const breaker = createCircuitBreaker(createTestEnvironment().clock);
		for (let page = 0; page < 8; page += 1) {
			await runAgent(aRun(anAgent(async () => {
				throw new AgentFailure('EMPTY_SCHEDULE', 'nothing to send');
			}), {breaker}));
		}

		expect(breaker.state()).toBe('closed');
	});

	it('fails fast while open, and names the last cause', async () => {
		const breaker = createCircuitBreaker(createTestEnvironment().clock);
		for (let failure = 1; failure <= 5; failure += 1) {
			breaker.failed(aCall(), 'Access Denied: table is closed.');
		}

		expect(await runAgent(aRun(anAgent(async () => analysis), {breaker}))).toMatchObject({
			status: 'failed', attempt: 1, error: {code: 'BREAKER_OPEN', message: 'performance_analyzer failed five times in a row, last: Access Denied: table is closed; it is tried again after 60 s.'},
		});
	});

	/** A page whose first attempt fails while other pages open the breaker, `openForMs` before its first retry. */
	const underWay = (openForMs: number) => {
		const environment = createTestEnvironment();
		const breaker = createCircuitBreaker(environment.clock);
		let calls = 0;
		const run = aRun(anAgent(async () => {
			calls += 1;
			if (calls > 1) {
				return analysis;
			}

			for (let failure = 1; failure <= 5; failure += 1) {
				breaker.failed(aCall(), 'quota of the project is used up');
			}

			environment.clock.advance(openForMs);
			throw transient;
		}), {environment, breaker});
		return {run, breaker, calls: () => calls};
	};

	it('a page under way waits within its own back-off until the breaker is half open', async () => {
		// Open for 50 s; 2 s and 4 s later it still is, 8 s after that one call may try.
		const {run, breaker, calls} = underWay(50_000);
		expect(await runAgent(run)).toMatchObject({status: 'success', attempt: 4});
		expect(run.waits).toEqual([2000, 4000, 8000]);
		expect(calls()).toBe(2);
		expect(breaker.state()).toBe('closed');
	});

	it('a page under way whose back-off ends before that fails with the last cause', async () => {
		const {run, calls} = underWay(0);
		expect(await runAgent(run)).toMatchObject({status: 'failed', attempt: 4, error: {code: 'BREAKER_OPEN', message: expect.stringContaining('last: quota of the project is used up;')}});
		expect(run.waits).toEqual([2000, 4000, 8000]);
		expect(calls()).toBe(1);
	});
});

describe('statements', () => {
	const statement = {agent: 'performance_analyzer' as const, title: 'probe', sql: 'SELECT * FROM `{dataset}.schedule_export_log` WHERE schedule_id = @schedule_id', parameters: [{name: 'schedule_id', type: 'STRING', value: 'x'}]};
	const context = (environment = createTestEnvironment()) => ({...environment, request, startedAtMs: beforeWeekMs, attempt: 1, signal: new AbortController().signal, warn() {}});

	it('are jobs with a chosen id, labels, caps and the dataset that they change', async () => {
		const environment = createTestEnvironment();
		const announced: string[] = [];
		await runStatement({...statement, isMutation: true}, {...context(environment), onJob: id => void announced.push(id), authority: async () => ({leaseEpoch: 3, provenRestorePoint: 'rp', planHash: 'h' as never})});
		const [job] = environment.warehouse.jobs;
		expect(job).toMatchObject({maximumBytesBilled: 10_000_000_000, timeoutMs: 300_000, labels: {eros_run: '7f3a91c2', eros_agent: 'performance_analyzer'}, mutates: ['eros_staging_7f3a'], authority: {leaseEpoch: 3}});
		expect(job!.id).toMatch(/^eros_7f3a91c2_performance_analyzer_[\da-f]{8}_probe_[\da-f]{12}_a1$/);
		expect(job!.sql).toContain('`test-project.eros_staging_7f3a.schedule_export_log`');
		expect(announced).toEqual([job!.id]);
	});

	it('ask again under the same id when the answer got lost, and adopt the job that is there', async () => {
		const environment = createTestEnvironment();
		environment.warehouse.faults.push({sqlPart: 'schedule_export_log', times: 1, error: new WarehouseError('network', 'socket hang up'), isAfterwards: true});
		await runStatement({...statement, sql: 'INSERT INTO `{dataset}.schedule_export_log` (schedule_id) VALUES (@schedule_id)', isMutation: true}, context(environment));
		expect(environment.warehouse.exports).toHaveLength(1);
	});

	it('carry the procedure’s own code', () => {
		expect(toAgentFailure(new WarehouseError('invalid', 'EROS_LOCK_CONFLICT: ATOMIC ROLLBACK – 1 of 5'))).toMatchObject({code: 'LOCK_CONFLICT', isRetryable: false, isServiceFault: false});
		expect(toAgentFailure(new WarehouseError('rate-limited', 'slow down'))).toMatchObject({isRetryable: true, isServiceFault: true});
		expect(toAgentFailure(new WarehouseError('forbidden', 'no access'))).toMatchObject({isRetryable: false, isServiceFault: true});
		expect(toAgentFailure(new WarehouseError('invalid', 'Transaction is aborted due to concurrent update', {reason: 'invalidQuery'}))).toMatchObject({isRetryable: true});
	});

	it.each([
		['rateLimitExceeded', 'Exceeded rate limits: too many table update operations for this table', true],
		['jobRateLimitExceeded', 'Exceeded rate limits: too many concurrent jobs', true],
		['backendError', 'Retry the job', true],
		['quotaExceeded', 'Quota exceeded: Your project exceeded quota for free query bytes scanned', false],
		['invalidQuery', 'Transaction is aborted due to concurrent update', true],
		['invalidQuery', 'Syntax error', false],
	])('%s (%s): tried again %j, as a refused call and as a failed job', async (reason, message, isRetryable) => {
		expect(toAgentFailure(new WarehouseError(/rate|quota/i.test(reason) ? 'rate-limited' : 'invalid', message, {reason}))).toMatchObject({isRetryable, isServiceFault: true});
		const environment = createTestEnvironment();
		environment.warehouse.faults.push({sqlPart: 'schedule_export_log', times: 1, error: {reason, message}});
		await expect(runStatement(statement, context(environment))).rejects.toMatchObject({code: reason, isRetryable, isServiceFault: true});
	});

	it('refuse a dataset name that is none', async () => {
		await expect(runStatement(statement, {...context(), dataset: 'x`; DROP TABLE y'})).rejects.toThrow(/is not a dataset/);
	});
});
