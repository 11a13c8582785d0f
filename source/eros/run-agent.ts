// Runs one agent for one page: time limit, retries with back-off, circuit breaker, checked envelope.
import type {z} from 'zod';
import {AgentFailure, type AgentContext, type AgentEnvironment, type AnyAgent, type PageRequest, type Upstream} from './agent.js';
import type {CircuitBreaker} from './circuit-breaker.js';
import {findFieldProblems, formatFieldProblem} from './envelope-problems.js';
import {envelopeSchemas, type AgentName, type Envelopes} from './envelope.js';
import type {Warning} from './schedule/warning.js';
import {toAgentFailure} from './statements.js';

export type AnyEnvelope = Envelopes[AgentName];

export type AgentRun = {
	readonly agent: AnyAgent;
	readonly environment: AgentEnvironment;
	readonly request: PageRequest;
	readonly startedAtMs: number;
	readonly upstream: Upstream;
	readonly breaker: CircuitBreaker;
	readonly maxRetries: number;
	/** Numbers in [0, 1) for the jitter of the back-off. */
	readonly random: () => number;
	readonly signal: AbortSignal;
	readonly onRetry?: (retry: {readonly attempt: number; readonly waitMs: number; readonly failure: AgentFailure}) => void;
};

const firstLimitMs = 60_000;
const retryLimitMs = 90_000;
const mostJitterMs = 500;
/** Time that a stopped agent gets to clean up, so that its retry does not meet it at work. */
const graceMs = 5000;

/** Wait before a retry: 2, 4, 8 ... seconds and up to half a second of jitter. */
export const backOffMs = (retry: number, random: () => number): number => 1000 * 2 ** retry + Math.floor(random() * mostJitterMs);

/** Runs `work`; after the limit its signal tells it to end, and after a grace it is no longer waited for. */
const withLimit = async <Result>(work: (signal: AbortSignal) => Promise<Result>, limitMs: number, {environment, agent, signal}: AgentRun): Promise<Result> => {
	const stop = new AbortController();
	const settled = new AbortController();
	const working = work(AbortSignal.any([signal, stop.signal])).finally(() => {
		settled.abort();
	});
	// A pause that is cut short rejects; here it only means that the work has ended.
	const pause = async (ms: number): Promise<'over'> => environment.clock.pause(ms, settled.signal).then(() => 'over' as const, () => 'over' as const);

	const isOver = (await Promise.race([working.then(() => 'done' as const, () => 'done' as const), pause(limitMs)])) === 'over' && !settled.signal.aborted;
	if (!isOver) {
		return working;
	}

	stop.abort();
	await pause(graceMs);
	working.catch(() => {});
	throw new AgentFailure('TIMEOUT', `${agent.name} did not finish in ${limitMs / 1000} s.`, {isRetryable: true});
};

type Settled = {readonly data: unknown; readonly warnings: readonly Warning[]; readonly failure?: AgentFailure; readonly attempt: number};

const runAttempt = async (run: AgentRun, attempt: number): Promise<Settled> => {
	const warnings: Warning[] = [];
	try {
		const data = await withLimit(
			async signal => {
				const context: AgentContext = {...run.environment, request: run.request, startedAtMs: run.startedAtMs, attempt, signal, warn: warning => void warnings.push(warning)};
				return run.agent.run(context, run.upstream);
			},
			attempt === 1 ? firstLimitMs : retryLimitMs,
			run,
		);
		return {data, warnings, attempt};
	} catch (error) {
		return {data: null, warnings, attempt, failure: run.signal.aborted ? new AgentFailure('CANCELLED', 'The run was cancelled.') : toAgentFailure(error)};
	}
};

/** Says why no call is made, with the cause that stands behind it. */
const breakerOpen = ({agent, breaker}: AgentRun): AgentFailure =>
	new AgentFailure('BREAKER_OPEN', `${agent.name} failed five times in a row, last: ${breaker.lastCause().replace(/\.$/, '')}; it is tried again after 60 s.`);

/**
 * The attempts of one call. A page that starts while the breaker is open fails at once; one under way is not ended by the
 * failures of other pages: it waits for the breaker within its own back-off, and fails only when that is over.
 */
const settle = async (run: AgentRun): Promise<Settled> => {
	const {breaker} = run;
	const call = {};
	for (let attempt = 1; ; attempt += 1) {
		if (run.signal.aborted) {
			breaker.left(call);
			return {data: null, warnings: [], attempt, failure: new AgentFailure('CANCELLED', 'The run was cancelled.')};
		}

		const mayCall = breaker.tryEnter(call);
		// Attempts follow one another.
		const settled: Settled = mayCall ? await runAttempt(run, attempt) : {data: null, warnings: [], attempt, failure: breakerOpen(run)};
		const {failure} = settled;
		if (!failure) {
			breaker.succeeded(call);
			return settled;
		}

		const mayRepeat = mayCall ? failure.isRetryable : attempt > 1;
		if (!mayRepeat || attempt > run.maxRetries || run.signal.aborted) {
			if (mayCall && failure.isServiceFault) {
				breaker.failed(call, failure.message);
			} else {
				breaker.left(call);
			}

			return settled;
		}

		const waitMs = backOffMs(attempt, run.random);
		run.onRetry?.({attempt, waitMs, failure});
		// Cut short only by a cancelled run, seen at the top.
		await run.environment.clock.pause(waitMs, run.signal).catch(() => {});
	}
};

/**
 * Runs the agent to its end; never throws.
 * @returns its envelope, checked against its schema: data that does not match it is a failure (BAD_ENVELOPE).
 */
export const runAgent = async (run: AgentRun): Promise<AnyEnvelope> => {
	const {clock} = run.environment;
	const startedAt = clock.now();
	const startedMs = clock.monotonic();
	const {data, warnings, failure, attempt} = await settle(run);
	const common = {
		schema_version: 1 as const,
		agent: run.agent.name,
		run_id: run.environment.runId,
		page_name: run.request.pageName,
		week_start: run.request.weekStart,
		started_at: new Date(startedAt).toISOString(),
		// A clock that is set back meanwhile does not end the work before it began.
		finished_at: new Date(Math.max(startedAt, clock.now())).toISOString(),
		duration_ms: Math.max(0, clock.monotonic() - startedMs),
		attempt,
		warnings: [...warnings],
	};
	const failed = (code: string, message: string, isRetryable: boolean): AnyEnvelope => ({...common, status: 'failed', error: {code, message, retryable: isRetryable}, data: null});
	if (failure) {
		return failed(failure.code, failure.message, failure.isRetryable);
	}

	const schema: z.ZodType = envelopeSchemas[run.agent.name];
	const envelope = {...common, status: 'success', error: null, data};
	const problems = findFieldProblems(schema, envelope);
	return problems.length === 0 ? (schema.parse(envelope) as AnyEnvelope) : failed('BAD_ENVELOPE', `${run.agent.name} gave data that its schema refuses: ${problems.map(problem => formatFieldProblem(problem)).join('; ')}.`, false);
};
