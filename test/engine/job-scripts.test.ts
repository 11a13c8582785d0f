// The job protocol against every script of outcomes: whatever the network and the warehouse do, nothing runs twice.
import fc from 'fast-check';
import {afterEach, describe, expect, it} from 'vitest';
import {classifyReason, reasonClasses} from '../../source/engine/job-failure.js';
import {WarehouseError} from '../../source/ports/warehouse.js';
import {createMemoryWarehouse} from './support/memory-warehouse.js';
import {aTask, cleanUpTestRuns, startTestRun} from './support/test-run.js';

afterEach(cleanUpTestRuns);

const outcomes = ['ok', 'lost before', 'lost after', '503 before', '503 after', '429', '403', 'ends backendError', 'ends invalidQuery', 'ends quotaExceeded'] as const;
type Outcome = (typeof outcomes)[number];

const transient = new Set<string>(['ends backendError']);

/** Plays a script of outcomes, one for each submission that reaches the warehouse; waiting fails now and then. */
const play = async (script: readonly Outcome[], waits: readonly boolean[], stepClass: 'ddl' | 'data') => {
	let at = 0;
	let looks = 0;
	const warehouse = createMemoryWarehouse(() => {
		const outcome = script[at] ?? 'ok';
		at += 1;
		switch (outcome) {
			case 'ok': {
				return {};
			}

			case 'lost before': {
				return {refuse: new WarehouseError('network', 'no answer')};
			}

			case 'lost after': {
				return {lose: new WarehouseError('network', 'no answer')};
			}

			case '503 before': {
				return {refuse: new WarehouseError('backend', 'unavailable', {reason: 'backendError'})};
			}

			case '503 after': {
				return {lose: new WarehouseError('backend', 'unavailable', {reason: 'backendError'})};
			}

			case '429': {
				return {refuse: new WarehouseError('rate-limited', 'slow down', {reason: 'rateLimitExceeded', retryAfterMs: 0})};
			}

			case '403': {
				return {refuse: new WarehouseError('forbidden', 'no', {reason: 'accessDenied'})};
			}

			default: {
				return {error: {reason: outcome.slice(5), message: outcome}};
			}
		}
	});
	const {waitForJob} = warehouse;
	warehouse.waitForJob = async (id, signal) => {
		const isLost = waits[looks] === true;
		looks += 1;
		if (isLost) {
			throw new WarehouseError('backend', 'unavailable', {reason: 'backendError'});
		}

		return waitForJob(id, signal);
	};
	const run = await startTestRun({warehouse, isUnattended: true, tasks: [aTask('2A.1', {stepClass, criteria: []}, async context => {
		await context.run({sql: 'INSERT x', title: 'insert', mutates: ['eros_staging_7f3a']});
		return 'done';
	})]});
	const code = await run.session.finished;
	const step = run.session.state().steps.get(aTask('2A.1').spec.id)!.state.kind;
	const ended = run.all('job.finished').map(({job}) => job);
	const refused = run.all('log.written').filter(({text}) => text.includes('did not fit'));
	return {run, warehouse, code, step, ended, refused};
};

describe('a job under any script of outcomes', () => {
	it('runs once under one id, rises only after a transient end, and is unknown rather than guessed', async () => {
		await fc.assert(fc.asyncProperty(fc.array(fc.constantFrom(...outcomes), {maxLength: 10}), fc.array(fc.boolean(), {maxLength: 8}), fc.constantFrom('ddl', 'data'), async (script, waits, stepClass) => {
			const {run, warehouse, code, step, ended, refused} = await play(script, waits, stepClass);
			const ids = warehouse.ran.map(({id}) => id);
			expect(refused).toEqual([]);
			expect(new Set(ids).size).toBe(ids.length);
			// All that ran but the last is known to have ended in a way that may be repeated.
			for (const id of ids.slice(0, -1)) {
				expect(transient.has(`ends ${ended.find(job => job.id === id)?.error?.reason ?? 'unseen'}`)).toBe(true);
			}

			if (stepClass === 'data') {
				expect(ids.length).toBeLessThanOrEqual(1);
			}

			// Every submission was announced before it left.
			const intended = new Set<string>(run.all('job.intended').map(({job}) => job));
			expect(warehouse.submissions.every(({id}) => intended.has(id))).toBe(true);
			expect(code === 0).toBe(step === 'passed');
			if (step !== 'passed' && step !== 'unknown') {
				expect([...run.session.state().jobs.values()].filter(job => job.state === 'lost' || job.state === 'intended')).toEqual([]);
			}

			await cleanUpTestRuns();
		}), {numRuns: 120, seed: 5});
	});
});

describe('the reasons of BigQuery', () => {
	it.each(Object.entries(reasonClasses))('%s is %s', (reason, expected) => {
		expect(classifyReason(reason)).toBe(expected);
	});

	it('a reason nobody knows is not tried again', () => {
		expect(classifyReason('somethingNew')).toBe('permanent');
	});
});
