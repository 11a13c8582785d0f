// Takes one page through the stages. Its failure is a value: nothing here reaches another page.
import type {AgentData, AgentName} from './envelope.js';
import type {AgentEnvironment, AgentFailure, AnyAgent, PageRequest, Upstream} from './agent.js';
import type {CircuitBreaker} from './circuit-breaker.js';
import {runAgent, type AnyEnvelope} from './run-agent.js';
import type {PageResult} from './run-summary.js';
import type {Warning} from './schedule/warning.js';

export type PageProgress =
	| {readonly kind: 'page-started'; readonly page: string}
	| {readonly kind: 'agent-finished'; readonly page: string; readonly envelope: AnyEnvelope}
	| {readonly kind: 'agent-retrying'; readonly page: string; readonly agent: AgentName; readonly attempt: number; readonly waitMs: number; readonly failure: AgentFailure}
	| {readonly kind: 'page-finished'; readonly page: string; readonly result: PageResult};

export type PageRun = {
	readonly agents: ReadonlyMap<AgentName, AnyAgent>;
	readonly stages: readonly (readonly AgentName[])[];
	readonly breakers: ReadonlyMap<AgentName, CircuitBreaker>;
	readonly environment: AgentEnvironment;
	readonly request: PageRequest;
	readonly startedAtMs: number;
	readonly maxRetries: number;
	readonly random: () => number;
	readonly signal: AbortSignal;
	readonly onProgress: (progress: PageProgress) => void;
	/** Told before the page's first agent: the date was moved to its Monday, for example. */
	readonly warnings: readonly Warning[];
};

export type PageOutcome = {readonly result: PageResult; readonly envelopes: Readonly<Partial<Record<AgentName, AnyEnvelope>>>};

const toResult = (envelopes: Partial<Record<AgentName, AnyEnvelope>>, failed: AnyEnvelope | undefined, warnings: readonly string[], durationMs: number): PageResult => {
	const schedule = envelopes.schedule_builder?.data as AgentData['schedule_builder'] | null | undefined;
	const report = envelopes.sheets_exporter?.data as AgentData['sheets_exporter'] | null | undefined;
	const analysis = envelopes.performance_analyzer?.data as AgentData['performance_analyzer'] | null | undefined;
	return {
		status: failed ? 'failed' : 'success',
		schedule_id: schedule?.schedule_id ?? null,
		saturation_zone: schedule?.metadata.saturation_status ?? analysis?.saturation_status ?? null,
		total_messages: schedule?.messages.length ?? 0,
		export_status: report?.status ?? (failed?.agent === 'sheets_exporter' ? 'FAILED' : null),
		export_reason: report?.reason ?? null,
		destinations: report?.exports.flatMap(item => (item.status === 'SUCCESS' ? [item.destination] : [])) ?? [],
		warnings: [...warnings],
		duration_ms: durationMs,
		error: failed?.error ? {agent: failed.agent, code: failed.error.code, message: failed.error.message} : null,
	};
};

/** Runs the page's agents stage by stage; a hard failure ends the page, a soft one leaves its data out. */
export const runPage = async (run: PageRun): Promise<PageOutcome> => {
	const {clock} = run.environment;
	const page = run.request.pageName;
	const startedMs = clock.monotonic();
	run.onProgress({kind: 'page-started', page});
	const envelopes: Partial<Record<AgentName, AnyEnvelope>> = {};
	const upstream: {-readonly [Name in AgentName]?: unknown} = {};
	const warnings: string[] = run.warnings.map(warning => warning.text);
	let failed: AnyEnvelope | undefined;
	for (const stage of run.stages) {
		// A stage needs the one before.
		const finished = await Promise.all(
			stage.map(async name => {
				const envelope = await runAgent({
					agent: run.agents.get(name)!,
					environment: run.environment,
					request: run.request,
					startedAtMs: run.startedAtMs,
					upstream: upstream as Upstream,
					breaker: run.breakers.get(name)!,
					maxRetries: run.maxRetries,
					random: run.random,
					signal: run.signal,
					onRetry: retry => {
						run.onProgress({kind: 'agent-retrying', page, agent: name, ...retry});
					},
				});
				run.onProgress({kind: 'agent-finished', page, envelope});
				return envelope;
			}),
		);
		for (const envelope of finished) {
			envelopes[envelope.agent] = envelope;
			warnings.push(...envelope.warnings.map(warning => warning.text));
			if (envelope.data !== null) {
				upstream[envelope.agent] = envelope.data;
			}
		}

		failed = finished.find(envelope => envelope.status === 'failed' && !run.agents.get(envelope.agent)!.isSoft);
		if (failed) {
			break;
		}
	}

	const result = toResult(envelopes, failed, warnings, Math.max(0, clock.monotonic() - startedMs));
	run.onProgress({kind: 'page-finished', page, result});
	return {result, envelopes};
};
