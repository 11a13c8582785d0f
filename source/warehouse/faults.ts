// The fault switchboard: what a cloud does on a bad day, on request. Off unless the admin endpoint asks for it.
import {z} from 'zod';

const matcher = {
	/** Shown in status; chosen by whoever asks. */
	name: z.string().min(1).default('fault'),
	/** HTTP method; any when absent. */
	method: z.string().optional(),
	/** Path below the host, `*` matching anything: a star in each place that varies. */
	path: z.string().default('*'),
	/** How many matching requests are hit; endless when 0. */
	count: z.number().int().nonnegative().default(1),
	/** How many matching requests pass unharmed first. */
	skip: z.number().int().nonnegative().default(0),
};

export const faultInput = z.discriminatedUnion('kind', [
	/** Answers with this status and reason without doing anything. */
	z.object({...matcher, kind: z.literal('status'), status: z.number().int().min(400).max(599), reason: z.string().default('backendError'), message: z.string().optional(), retryAfterS: z.number().optional()}),
	/** Waits before doing it. */
	z.object({...matcher, kind: z.literal('latency'), ms: z.number().nonnegative()}),
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

export type Faults = {
	add: (fault: Fault) => void;
	/** Removes faults of this name, or all; wakes jobs that were stuck. */
	clear: (name?: string) => void;
	list: () => readonly ActiveFault[];
	/** Faults that hit this request; each match is counted. */
	match: (request: {readonly method: string; readonly path: string; readonly isResultPage: boolean}) => readonly Fault[];
	/** Whether a job accepted now is stuck; resolves when it may go on. Undefined when it is not stuck. */
	holdJob: () => Promise<void> | undefined;
	/** Permissions that are revoked at the moment. */
	revokedPermissions: () => ReadonlySet<string>;
};

const patternOf = (glob: string): RegExp => new RegExp(`^${glob.split('*').map(part => part.replaceAll(/[$()+.?[\\\]^{|}]/g, String.raw`\$&`)).join('.*')}$`);

/** An empty switchboard. */
export const createFaults = (): Faults => {
	let active: Array<ActiveFault & {readonly pattern: RegExp}> = [];
	let wake: Array<() => void> = [];
	const isSpent = (entry: ActiveFault): boolean => entry.fault.count > 0 && entry.hits >= entry.fault.count;
	const hit = (entry: ActiveFault): boolean => {
		entry.seen += 1;
		if (entry.seen <= entry.fault.skip || isSpent(entry)) {
			return false;
		}

		entry.hits += 1;
		return true;
	};

	return {
		add(fault) {
			active.push({fault, hits: 0, seen: 0, pattern: patternOf(fault.path)});
		},
		clear(name) {
			active = name === undefined ? [] : active.filter(entry => entry.fault.name !== name);
			for (const resume of wake) {
				resume();
			}

			wake = [];
		},
		list: () => active.map(({fault, hits, seen}) => ({fault, hits, seen})),
		match: ({method, path, isResultPage}) =>
			active
				.filter(({fault, pattern}) =>
					fault.kind !== 'stuck-job'
					&& (fault.kind !== 'lost-page' || isResultPage)
					&& (fault.method === undefined || fault.method.toUpperCase() === method)
					&& pattern.test(path))
				.filter(entry => hit(entry))
				.map(({fault}) => fault),
		holdJob() {
			const stuck = active.find(entry => entry.fault.kind === 'stuck-job' && !isSpent(entry));
			return stuck !== undefined && hit(stuck)
				? new Promise(resolve => {
					wake.push(resolve);
				})
				: undefined;
		},
		revokedPermissions: () => new Set(active.flatMap(({fault}) => (fault.kind === 'revoked-permission' ? fault.permissions : []))),
	};
};
