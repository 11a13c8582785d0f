// An agent: a name, what it depends on, and a function from a context and its dependencies' data to its own data.
import type {Clock} from '../ports/clock.js';
import type {Files} from '../ports/outside.js';
import type {MutationAuthority, Warehouse} from '../ports/warehouse.js';
import type {CaptionClaims} from './caption-claims.js';
import type {AgentData, AgentName} from './envelope.js';
import type {Mode} from './schedule/saturation.js';
import type {Warning} from './schedule/warning.js';
import type {ScheduleSink} from './sinks/sink.js';
import type {Turns} from './turns.js';

export type AgentEnvironment = {
	readonly warehouse: Warehouse;
	readonly clock: Clock;
	readonly files: Files;
	/** Dataset name without project: staging and production take the same path. */
	readonly dataset: string;
	readonly timeZone: string;
	readonly runId: string;
	/** Where schedules go; empty means that nothing is exported. */
	readonly sinks: readonly ScheduleSink[];
	readonly maximumBytesBilled: number;
	readonly jobTimeoutMs: number;
	/** What changes to production must carry; staging and scratch datasets need none. */
	readonly authority?: () => Promise<MutationAuthority>;
	/** Captions that the pages of this run have claimed; set by the orchestrator. */
	readonly claims?: CaptionClaims;
	/** Turns of the pages of this run at locking; set by the orchestrator. Locks of one run would only abort each other at their guard row. */
	readonly lockTurns?: Turns;
	/** Called with each job id before it is submitted, so that a journal can hold it. */
	readonly onJob?: (id: string, title: string) => Promise<void> | void;
};

export type PageRequest = {
	readonly pageName: string;
	/** Monday, YYYY-MM-DD. */
	readonly weekStart: string;
	readonly mode: Mode;
	readonly autoExport: boolean;
	/** Exports a RED page too, and a schedule that was exported within a day. */
	readonly isForced?: boolean;
	/** Plans a past week whole instead of dropping what is over. */
	readonly keepsPast?: boolean;
	readonly lookbackDays?: number;
};

export type AgentContext = AgentEnvironment & {
	readonly request: PageRequest;
	/** Instant the run started, epoch milliseconds: the same in every attempt. */
	readonly startedAtMs: number;
	readonly attempt: number;
	readonly signal: AbortSignal;
	warn: (warning: Warning) => void;
};

/** Data of the agents that ran before; a soft dependency that failed is absent. */
export type Upstream = {readonly [Name in AgentName]?: AgentData[Name] | undefined};

export type Agent<Name extends AgentName = AgentName> = {
	readonly name: Name;
	readonly dependsOn: readonly AgentName[];
	/** A soft agent's failure is told and does not stop the page. */
	readonly isSoft?: boolean;
	readonly run: (context: AgentContext, upstream: Upstream) => Promise<AgentData[Name]>;
};

export type AnyAgent = {readonly [Name in AgentName]: Agent<Name>}[AgentName];

/**
 * An agent's failure with a code a machine can read. `isServiceFault` says whether it tells something about the service
 * (and counts for its circuit breaker) or only about this page.
 */
export class AgentFailure extends Error {
	readonly code: string;
	readonly isRetryable: boolean;
	readonly isServiceFault: boolean;

	constructor(code: string, message: string, options: {readonly isRetryable?: boolean; readonly isServiceFault?: boolean; readonly cause?: unknown} = {}) {
		super(message, {cause: options.cause});
		this.name = 'AgentFailure';
		this.code = code;
		this.isRetryable = options.isRetryable ?? false;
		this.isServiceFault = options.isServiceFault ?? this.isRetryable;
	}
}

/** What an agent needs from one it depends on. Throws AgentFailure MISSING_INPUT when it is absent. */
export const requireInput = <Name extends AgentName>(upstream: Upstream, name: Name): AgentData[Name] => {
	const data = upstream[name];
	if (data === undefined) {
		throw new AgentFailure('MISSING_INPUT', `The data of ${name} is missing.`);
	}

	return data;
};
