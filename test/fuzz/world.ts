// The world of one operator session: the real engine over a warehouse, a journal, files and a clock in memory. Nothing
// here waits for real time, so that a seed says everything about a session.
import {createHash} from 'node:crypto';
import {setImmediate as turn} from 'node:timers/promises';
import type {JournaledEvent, RunEvent} from '../../source/domain/events.js';
import {jobId, planHash, runId, type PlanHash} from '../../source/domain/ids.js';
import type {ApprovalPolicy} from '../../source/engine/approval.js';
import {createSession, type EngineSession, type SessionOptions} from '../../source/engine/create-session.js';
import type {Clock} from '../../source/ports/clock.js';
import type {EventContext} from '../../source/ports/journal.js';
import type {Files} from '../../source/ports/outside.js';
import type {JobStatus} from '../../source/ports/warehouse.js';
import {ManualPace} from '../support/manual-pace.js';
import {createMemoryWarehouse, type MemoryWarehouse} from '../engine/support/memory-warehouse.js';
import {productionWindow} from '../engine/support/production-run.js';
import {createMemoryLease, createTestPorts, startMs, testHash, testSettings, windowOf} from '../engine/support/test-run.js';

export const run = runId('7f3a91c2');

/** Real time by hand; the wall can also jump on its own, as it does over a machine that slept. */
export class FuzzClock implements Clock {
	readonly pace = new ManualPace();
	readonly isDriven = true;
	readonly monotonic = this.pace.monotonic;
	readonly every = this.pace.every;
	#aheadMs = 0;

	readonly now = (): number => startMs + this.pace.monotonic() + this.#aheadMs;

	/** No timer fires meanwhile. */
	jump(ms: number): void {
		this.#aheadMs += ms;
	}

	async sleepUntil(): Promise<void> {
		throw new Error('nothing sleeps in these sessions');
	}

	async pause(): Promise<void> {
		await Promise.resolve();
	}
}

/** A journal that is written at once and lost with its process. */
const createMemoryJournal = (clock: Clock): SessionOptions['journal'] => {
	const listeners = new Set<(event: JournaledEvent) => void>();
	let seq = 0;
	let epoch = 0;
	return {
		run,
		path: '/memory/journal.ndjson',
		past: [],
		epoch: () => epoch,
		setEpoch(next) {
			epoch = next;
		},
		async append(event: RunEvent, context: EventContext = {}) {
			seq += 1;
			const line = {v: 1, seq, wall: clock.now(), mono: clock.monotonic(), boot: 'memory', run, epoch, actor: 'operator', ...context, type: event.type, data: structuredClone(event.data), prevHash: '', hash: ''} as JournaledEvent;
			// As on a disk, nobody hears of it in the same breath.
			await Promise.resolve();
			for (const listener of listeners) {
				listener(line);
			}

			return line;
		},
		subscribe(listener) {
			listeners.add(listener);
			return {[Symbol.dispose]: () => listeners.delete(listener)};
		},
		async close() {
			listeners.clear();
		},
	};
};

const createMemoryFiles = (): Files => {
	const contents = new Map<string, string | Uint8Array>();
	return {
		async read(path) {
			return Buffer.from(contents.get(path) ?? '');
		},
		async write(path, content) {
			contents.set(path, content);
			return createHash('sha256').update(content).digest('hex');
		},
		list: async () => [],
		exists: async path => contents.has(path),
	};
};

export type WorldOptions = {
	/** Nobody can be asked: what the program decides when its input is no terminal. */
	readonly isUnattended?: boolean;
	readonly approval?: ApprovalPolicy;
	/** A question stands before the first task. */
	readonly asksToStart?: boolean;
	/** The first job waits for `warehouse.release()`. */
	readonly isHeld?: boolean;
};

export type World = {
	readonly clock: FuzzClock;
	readonly warehouse: MemoryWarehouse;
	readonly session: EngineSession;
	/** Replaces a file that is deployed, or an object of the live catalog: the plan has another hash from here on. */
	readonly change: (name: string, text: string) => void;
	/** A signature as the warehouse's job list has it. */
	readonly sign: (user: string, hash?: PlanHash) => void;
	/** Mutating calls on production that the warehouse accepted. */
	readonly mutations: () => number;
	/** Lets everything happen that does not wait for a key or for time. */
	readonly settle: () => Promise<void>;
	/** Ends the run, whatever it is at. */
	readonly end: () => Promise<void>;
};

/** The plan as files and catalog are now: the frozen one while nothing has changed. */
const hashOf = (contents: ReadonlyMap<string, string>): PlanHash =>
	contents.size === 0 ? testHash : planHash(createHash('sha256').update(JSON.stringify([...contents])).digest('hex').slice(0, 8));

/** Starts a run on a target that is not embedded: nothing approves it but a person or a plan hash. */
export const startWorld = ({isUnattended = false, approval, asksToStart = false, isHeld = false}: WorldOptions): World => {
	const clock = new FuzzClock();
	const warehouse = createMemoryWarehouse();
	warehouse.hold = isHeld;
	const signatures: JobStatus[] = [];
	warehouse.listJobs = async prefix => signatures.filter(({id}) => id.startsWith(prefix));
	const contents = new Map<string, string>();
	const tasks = productionWindow(() => hashOf(contents));
	const session = createSession({
		journal: createMemoryJournal(clock), window: windowOf(tasks), tasks, lease: createMemoryLease(), settings: testSettings, command: 'deploy', version: '1.0.0',
		target: {kind: 'bigquery', project: 'test-project', dataset: 'eros', location: 'US', timeZone: 'America/Los_Angeles'},
		stagingDataset: 'eros_staging_7f3a', artifacts: '/memory/artifacts', root: '/memory', actor: 'operator', isUnattended,
		timings: {retryPausesMs: [0], jobAttempts: 1, absentPausesMs: [], stopPatienceMs: 0},
		...(approval === undefined ? {} : {approval}),
		...(asksToStart ? {startTitle: 'Start?'} : {}),
		ports: {...createTestPorts(warehouse, clock), files: createMemoryFiles()},
	});
	const settle = async (): Promise<void> => {
		// Everything in memory goes on in microtasks: after a turn of the loop nothing is left to do.
		await turn();
		await turn();
	};

	return {
		clock,
		warehouse,
		session,
		change: (name, text) => contents.set(name, text),
		sign(user, hash = testHash) {
			signatures.push({id: jobId(`eros_${run}_second_${hash}_${signatures.length}`), state: 'DONE', createdMs: clock.now(), billedBytes: 0, processedBytes: 0, childJobs: 0, user, labels: {eros_plan: hash}});
		},
		mutations: () => warehouse.ran.filter(({mutates}) => mutates.includes(testSettings.dataset)).length,
		settle,
		async end() {
			warehouse.hold = false;
			warehouse.release();
			session.dispatch({type: 'cancel'});
			await session.finished;
		},
	};
};
