// The fault switchboard: what a cloud does on a bad day, on request. Off unless the admin endpoint asks for it.
import {z} from 'zod';

const matcher = {
	/** Shown in status; chosen by whoever asks. */
	name: z.string().min(1).default('fault'),
	/** HTTP method; any when absent. */
	method: z.string().optional(),
	/** Path below the host, `*` matching anything: a star in each place that varies. */
	path: z.string().default('*'),
	/** Regular expression that the path or the body has to match somewhere: a job id, a statement, a display name. */
	text: z.string().refine(text => {
		try {
			return new RegExp(text).source !== '';
		} catch {
			return false;
		}
	}, 'Not a regular expression.').optional(),
	/** How many matching requests are hit; endless when 0. */
	count: z.number().int().nonnegative().default(1),
	/** How many matching requests pass unharmed first. */
	skip: z.number().int().nonnegative().default(0),
	/** Hits everything that matches for so long after the first hit, real milliseconds; `count` does not matter then. */
	forMs: z.number().positive().optional(),
};

export const faultInput = z.discriminatedUnion('kind', [
	/** Answers with this status and reason without doing anything. */
	z.object({...matcher, kind: z.literal('status'), status: z.number().int().min(400).max(599), reason: z.string().default('backendError'), message: z.string().optional(), retryAfterS: z.number().optional()}),
	/** Waits before doing it. */
	z.object({...matcher, kind: z.literal('latency'), ms: z.number().nonnegative()}),
	/** Never answers and does nothing: the client's time-out ends it. */
	z.object({...matcher, kind: z.literal('hang-before')}),
	/** Does it and never answers. */
	z.object({...matcher, kind: z.literal('hang-after')}),
	/** Closes the connection without doing it: the request was lost. */
	z.object({...matcher, kind: z.literal('drop-before')}),
	/** Does it, then closes the connection: the answer was lost. */
	z.object({...matcher, kind: z.literal('drop-after')}),
	/** Sends the first half of the answer, then resets the connection. */
	z.object({...matcher, kind: z.literal('truncate')}),
	/** A result page that cannot be fetched: every `getQueryResults` with a page token or a start index. */
	z.object({...matcher, kind: z.literal('lost-page')}),
	/** Accepted jobs stay PENDING until the fault is cleared or the job is cancelled. */
	z.object({...matcher, kind: z.literal('stuck-job')}),
	/** Jobs whose id matches `text` take `factor` times as long, at least `ms` milliseconds. */
	z.object({...matcher, kind: z.literal('slow-job'), factor: z.number().min(1).default(20), ms: z.number().nonnegative().default(0)}),
	/** Somebody else runs this script right before the request is served. */
	z.object({...matcher, kind: z.literal('interfere'), sql: z.string().min(1)}),
	/** 403 for matching requests; `permissions` are missing from testIamPermissions. */
	z.object({...matcher, kind: z.literal('revoked-permission'), permissions: z.array(z.string()).default([])}),
	/** 401 for matching requests. */
	z.object({...matcher, kind: z.literal('expired-token')}),
	/** The warehouse's clock jumps when a matching request arrives. */
	z.object({...matcher, kind: z.literal('clock-jump'), ms: z.number()}),
]);

export type FaultInput = z.input<typeof faultInput>;
export type Fault = z.output<typeof faultInput>;
export type ActiveFault = {readonly fault: Fault; hits: number; seen: number};

/** What a fault is matched against; `text` is path and body. */
export type FaultTarget = {readonly method: string; readonly path: string; readonly text: string; readonly isResultPage: boolean};

export type Faults = {
	add: (fault: Fault) => void;
	/** Removes faults of this name, or all; wakes jobs that were stuck. */
	clear: (name?: string) => void;
	list: () => readonly ActiveFault[];
	/** Faults that hit this request; each match is counted. */
	match: (request: FaultTarget) => readonly Fault[];
	/** Whether a job accepted now is stuck; resolves when it may go on. Undefined when it is not stuck. */
	holdJob: (jobId: string) => Promise<void> | undefined;
	/** How much longer a job that took so long is made to take, milliseconds. */
	slowDown: (jobId: string, tookMs: number) => number;
	/** Permissions that are revoked at the moment. */
	revokedPermissions: () => ReadonlySet<string>;
};

type Entry = ActiveFault & {readonly pattern: RegExp; readonly text: RegExp | undefined; firstHitMs: number | undefined};

const patternOf = (glob: string): RegExp => new RegExp(`^${glob.split('*').map(part => part.replaceAll(/[$()+.?[\\\]^{|}]/g, String.raw`\$&`)).join('.*')}$`);

/** An empty switchboard. */
export const createFaults = (): Faults => {
	let active: Entry[] = [];
	let wake: Array<() => void> = [];
	const isSpent = ({fault, hits, firstHitMs}: Entry): boolean => {
		if (fault.forMs !== undefined) {
			return firstHitMs !== undefined && performance.now() - firstHitMs > fault.forMs;
		}

		return fault.count > 0 && hits >= fault.count;
	};

	const hit = (entry: Entry): boolean => {
		entry.seen += 1;
		if (entry.seen <= entry.fault.skip || isSpent(entry)) {
			return false;
		}

		entry.firstHitMs ??= performance.now();
		entry.hits += 1;
		return true;
	};

	const ofJob = (kind: Fault['kind'], jobId: string): Entry | undefined => active.find(entry => entry.fault.kind === kind && !isSpent(entry) && (entry.text?.test(jobId) ?? true));

	return {
		add(fault) {
			active.push({fault, hits: 0, seen: 0, firstHitMs: undefined, pattern: patternOf(fault.path), text: fault.text === undefined ? undefined : new RegExp(fault.text)});
		},
		clear(name) {
			active = name === undefined ? [] : active.filter(entry => entry.fault.name !== name);
			for (const resume of wake) {
				resume();
			}

			wake = [];
		},
		list: () => active.map(({fault, hits, seen}) => ({fault, hits, seen})),
		match: ({method, path, text, isResultPage}) =>
			active
				.filter(({fault, pattern, text: wanted}) =>
					fault.kind !== 'stuck-job' && fault.kind !== 'slow-job'
					&& (fault.kind !== 'lost-page' || isResultPage)
					&& (fault.method === undefined || fault.method.toUpperCase() === method)
					&& pattern.test(path)
					&& (wanted?.test(text) ?? true))
				.filter(entry => hit(entry))
				.map(({fault}) => fault),
		holdJob(jobId) {
			const stuck = ofJob('stuck-job', jobId);
			return stuck !== undefined && hit(stuck)
				? new Promise(resolve => {
					wake.push(resolve);
				})
				: undefined;
		},
		slowDown(jobId, tookMs) {
			const entry = ofJob('slow-job', jobId);
			return entry?.fault.kind === 'slow-job' && hit(entry) ? Math.max(entry.fault.ms, tookMs * (entry.fault.factor - 1)) : 0;
		},
		revokedPermissions: () => new Set(active.flatMap(({fault}) => (fault.kind === 'revoked-permission' ? fault.permissions : []))),
	};
};
