// What is not BigQuery: the clock, the fault switchboard, status and shutdown of this warehouse, below /_eros/.
import {z} from 'zod';
import {faultInput} from '../faults.js';
import type {Scheduler} from '../transfer/scheduler.js';
import {invalid} from './api-error.js';
import {parseBody} from './query-request.js';
import type {RestRequest, Route} from './router.js';
import type {Wire} from './wire.js';

const instant = z.union([z.number(), z.iso.datetime({offset: true}).transform(text => Date.parse(text))]);
const tokenInput = z.object({user: z.email()});
const clockInput = z.union([z.object({set: instant}), z.object({advanceTo: instant}), z.object({advanceMs: z.number().nonnegative()})]);

export type AdminOptions = {
	readonly wire: Wire;
	readonly scheduler: Scheduler;
	/** Facts of the process for `status`. */
	readonly describe: () => Readonly<Record<string, unknown>>;
	/** The bearer token of another user. */
	readonly tokenOf: (user: string) => string;
	/** Ends the process after the answer is out. */
	readonly shutdown: () => void;
};

/** Routes of the admin endpoints. */
export const adminRoutes = ({wire, scheduler, describe, tokenOf, shutdown}: AdminOptions): readonly Route[] => {
	const clockBody = () => ({nowMs: wire.clock.nowMs(), offsetMs: wire.clock.offsetMs(), isDriven: wire.clock.isDriven()});
	const keepClock = async (): Promise<void> => wire.database.state.write('clock', {offsetMs: wire.clock.offsetMs(), isDriven: wire.clock.isDriven()});
	const moveClock = async (request: RestRequest) => {
		const input = parseBody(clockInput, request.body);
		if ('set' in input) {
			wire.clock.set(input.set);
			await keepClock();
			await scheduler.reschedule();
			return {body: {...clockBody(), runs: []}};
		}

		const target = 'advanceTo' in input ? input.advanceTo : wire.clock.nowMs() + input.advanceMs;
		if (target < wire.clock.nowMs() - 1000) {
			throw invalid('The clock can only be advanced; set moves it back.', 'advanceTo');
		}

		const runs = await scheduler.advanceTo(target);
		await keepClock();
		return {body: {...clockBody(), runs: runs.map(({config, runTimeMs, state, jobId, errorMessage}) => ({config, runTimeMs, state, jobId, errorMessage}))}};
	};

	return [
		{method: 'GET', pattern: '/_eros/status', handler: () => ({body: {...describe(), clock: clockBody(), faults: wire.faults.list(), runningJobs: wire.jobs.running(), datasets: wire.database.datasets.list().map(({dataset}) => dataset), schedules: scheduler.configs().length}})},
		{method: 'GET', pattern: '/_eros/clock', handler: () => ({body: clockBody()})},
		{method: 'POST', pattern: '/_eros/clock', handler: moveClock},
		{method: 'GET', pattern: '/_eros/faults', handler: () => ({body: {faults: wire.faults.list()}})},
		{
			method: 'POST',
			pattern: '/_eros/faults',
			handler(request) {
				wire.faults.add(parseBody(faultInput, request.body));
				return {body: {faults: wire.faults.list()}};
			},
		},
		{
			method: 'DELETE',
			pattern: '/_eros/faults',
			handler(request) {
				wire.faults.clear(request.query.get('name') ?? undefined);
				return {body: {faults: wire.faults.list()}};
			},
		},
		{method: 'POST', pattern: '/_eros/tokens', handler: request => ({body: {token: tokenOf(parseBody(tokenInput, request.body).user)}})},
		{
			method: 'POST',
			pattern: '/_eros/shutdown',
			handler() {
				shutdown();
				return {status: 202, body: {}};
			},
		},
	];
};
