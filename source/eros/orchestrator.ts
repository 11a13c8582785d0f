// The orchestrator: five agents, their order read from their own declarations, many pages at a time.
import {agent as captionSelector} from './agents/caption-selector.js';
import {agent as performanceAnalyzer} from './agents/performance-analyzer.js';
import {agent as realTimeMonitor} from './agents/real-time-monitor.js';
import {agent as scheduleBuilder} from './agents/schedule-builder.js';
import {agent as sheetsExporter} from './agents/sheets-exporter.js';
import type {AgentEnvironment, AnyAgent, PageRequest} from './agent.js';
import {createCaptionClaims} from './caption-claims.js';
import {createCircuitBreaker, type CircuitBreaker} from './circuit-breaker.js';
import {stagesOf} from './dependency-graph.js';
import {agentNames, type AgentName} from './envelope.js';
import {pageNamePattern} from './page-name.js';
import {runPage, type PageOutcome, type PageProgress} from './page-run.js';
import {summarizeRun, type PageResult, type RunSummary} from './run-summary.js';
import type {Mode} from './schedule/saturation.js';
import {seededRandom} from './schedule/seeded-random.js';
import {weekOf} from './schedule/week.js';
import {createTurns} from './turns.js';

export type {PageProgress} from './page-run.js';
export type {RunSummary} from './run-summary.js';

/** The agents of EROS, in no particular order: the order comes from what they depend on. */
export const agents: readonly AnyAgent[] = [performanceAnalyzer, realTimeMonitor, captionSelector, scheduleBuilder, sheetsExporter];

export type RunInputs = {
	/** At least one page, each once. */
	readonly pageNames: readonly string[];
	/** A day of the week to plan; moved to its Monday with a warning. */
	readonly weekStart: string;
	readonly mode?: Mode;
	readonly autoExport?: boolean;
	/** False runs one page after the other. */
	readonly parallel?: boolean;
	readonly maxRetries?: number;
	readonly isForced?: boolean;
	readonly keepsPast?: boolean;
	readonly lookbackDays?: number;
	readonly signal?: AbortSignal;
	readonly onProgress?: (progress: PageProgress) => void;
};

export type RunOutcome = {readonly summary: RunSummary; readonly pages: ReadonlyMap<string, PageOutcome>};

export type Orchestrator = {
	/** Topological layers of the agents. */
	readonly stages: readonly (readonly AgentName[])[];
	readonly breakerState: (name: AgentName) => ReturnType<CircuitBreaker['state']>;
	/** Runs all pages; resolves when the last one ended. One page's failure never stops another. */
	readonly run: (inputs: RunInputs) => Promise<RunOutcome>;
};

const mostPagesAtOnce = 5;

const checkPages = (pageNames: readonly string[]): void => {
	const wrong = pageNames.find(page => !pageNamePattern.test(page));
	if (pageNames.length === 0 || wrong !== undefined) {
		throw new RangeError(pageNames.length === 0 ? 'pageNames is empty; name at least one page.' : `${JSON.stringify(wrong)} is not a page name; expected lower-case letters, digits and underscores.`);
	}
};

/**
 * Puts the orchestrator together.
 * @param roster the agents; all five, each once.
 * @throws Error naming what is wrong with the roster: a missing or doubled agent, an unknown dependency, a cycle.
 */
export const createOrchestrator = (environment: AgentEnvironment, roster: readonly AnyAgent[] = agents): Orchestrator => {
	const stages = stagesOf(roster) as readonly (readonly AgentName[])[];
	const missing = agentNames.find(name => roster.every(agent => agent.name !== name));
	if (missing !== undefined) {
		throw new Error(`Agent ${missing} is missing.`);
	}

	const byName = new Map<AgentName, AnyAgent>(roster.map(agent => [agent.name, agent]));
	const breakers = new Map(agentNames.map(name => [name, createCircuitBreaker(environment.clock)]));
	return {
		stages,
		breakerState: name => breakers.get(name)!.state(),
		async run(inputs) {
			checkPages(inputs.pageNames);
			const {week, warnings} = weekOf(inputs.weekStart, environment.timeZone);
			const {clock} = environment;
			const startedAtMs = clock.now();
			const startedMs = clock.monotonic();
			const mode = inputs.mode ?? 'optimize';
			const pending = [...new Set(inputs.pageNames)];
			const pages = new Map<string, PageOutcome>();
			const withClaims: AgentEnvironment = {...environment, claims: createCaptionClaims(), lockTurns: createTurns()};
			const signal = inputs.signal ?? new AbortController().signal;
			const work = async (): Promise<void> => {
				for (let page = pending.shift(); page !== undefined; page = pending.shift()) {
					const request: PageRequest = {
						pageName: page,
						weekStart: week.start,
						mode,
						autoExport: inputs.autoExport ?? true,
						isForced: inputs.isForced ?? false,
						keepsPast: inputs.keepsPast ?? false,
						...(inputs.lookbackDays !== undefined && {lookbackDays: inputs.lookbackDays}),
					};
					// A worker takes one page at a time.
					pages.set(page, await runPage({agents: byName, stages, breakers, environment: withClaims, request, startedAtMs, maxRetries: inputs.maxRetries ?? 3, random: seededRandom(`${environment.runId}|${page}`), signal, onProgress: inputs.onProgress ?? (() => {}), warnings}));
				}
			};

			const workers = inputs.parallel === false ? 1 : Math.min(mostPagesAtOnce, pending.length);
			const order = [...pending];
			await Promise.all(Array.from({length: workers}, async () => work()));
			const results = new Map<string, PageResult>(order.map(page => [page, pages.get(page)!.result]));
			return {summary: summarizeRun({runId: environment.runId, weekStart: week.start, mode, pages: results, elapsedMs: Math.max(0, clock.monotonic() - startedMs), finishedAtMs: clock.now()}), pages};
		},
	};
};
