// Builders for runs in tests: a real journal in a temporary folder, a driven clock, ports in memory.
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {criterionId, phaseId, planHash, runId, taskId, type PlanHash} from '../../../source/domain/ids.js';
import type {ProductionQuestion} from '../../../source/domain/events.js';
import type {TaskSpec, WindowSpec} from '../../../source/domain/window.js';
import {createSession, type EngineSession, type SessionOptions} from '../../../source/engine/create-session.js';
import type {Ports, Settings, StepContext, Task} from '../../../source/engine/task.js';
import {createDrivenClock} from '../../../source/host/driven-clock.js';
import {createFiles} from '../../../source/host/files.js';
import {createProcesses} from '../../../source/host/processes.js';
import {isProcessAlive, thisProcess} from '../../../source/host/process-identity.js';
import {openJournal, type OpenedJournal} from '../../../source/journal/index.js';
import type {JournaledEvent, RunEventType, EventData} from '../../../source/domain/events.js';
import type {Clock} from '../../../source/ports/clock.js';
import type {Lease, LeaseHold} from '../../../source/ports/lease.js';
import type {Session} from '../../../source/ports/session.js';
import {createMemoryWarehouse, type MemoryWarehouse} from './memory-warehouse.js';

export const startMs = Date.parse('2025-11-03T17:00:00Z');

export const testSettings: Settings = {
	project: 'test-project', dataset: 'eros', location: 'US', timeZone: 'America/Los_Angeles', deploymentDate: '2025-11-03',
	pricePerTibMicros: 6_250_000, expectedDailyCostMicros: 10_000_000, costCapMicros: 20_000_000, maximumBytesBilled: 1e10, jobTimeoutMs: 60_000,
	contacts: [], alertEmails: [], windowMs: 6 * 3_600_000,
};

/** A task; by default it passes with one criterion decided. */
export const aTask = (id: string, change: Partial<TaskSpec> = {}, run?: (context: StepContext) => Promise<string>, approval?: Task['approval']): Task => {
	const spec: TaskSpec = {
		id: taskId(id), title: `task ${id}`, phase: phaseId(id.split('.')[0]!), dependsOn: [], stepClass: 'probe', expectedMs: 1000, isSkippable: false, needsApproval: false, undo: 'nothing',
		criteria: [{id: criterionId(`${id}/done`), text: `${id} is done`, isFromSeed: false}], ...change,
	};
	return {
		spec,
		run: run ?? (async context => {
			context.check(criterionId(`${id}/done`), true, 'seen');
			return `${id} done`;
		}),
		...(approval === undefined ? {} : {approval}),
	};
};

export const windowOf = (tasks: readonly Task[]): WindowSpec => {
	const phases = new Map<string, TaskSpec[]>();
	for (const {spec} of tasks) {
		phases.set(spec.phase, [...phases.get(spec.phase) ?? [], spec]);
	}

	return {phases: [...phases].map(([id, specs]) => ({id: phaseId(id), title: `phase ${id}`, tasks: specs}))};
};

export const aProductionQuestion = (hash: PlanHash): ProductionQuestion => ({
	phrase: `deploy test-project.eros ${hash}`, planHash: hash, create: [], replace: [], alter: [], schedules: [], unchanged: [], irreversible: [], callers: [], dryRunBytes: 0, costMicros: 0, costCapMicros: 0, expectedMs: 0,
	gate: {passed: 0, total: 0, decidedAtMs: 0, validUntilMs: 0}, restorePoint: {id: '20251103_170000', dataset: 'eros_backup_20251103_170000', takenAtMs: 0, tables: 0, routines: 0, views: 0, schedules: 0, absent: []}, differences: [],
});

export const testHash = planHash('7f3a91c2');

/** A lease in memory that counts its epochs. */
export const createMemoryLease = (): Lease & {readonly log: string[]} => {
	let hold: LeaseHold | undefined;
	let epoch = 0;
	const log: string[] = [];
	return {
		log,
		async acquire({actor}) {
			epoch += 1;
			hold = {epoch, holder: actor, untilMs: startMs + 60_000};
			log.push(`acquired ${epoch}`);
			return hold;
		},
		async assertHeld() {
			if (hold === undefined) {
				throw new Error('not held');
			}

			return hold;
		},
		current: () => hold,
		async release() {
			hold = undefined;
			log.push('released');
		},
	};
};

const unused = async (): Promise<never> => {
	throw new Error('not part of this test');
};

export const createTestPorts = (warehouse: MemoryWarehouse, clock: Clock): Ports => ({
	warehouse,
	schedules: {list: async () => [], upsert: unused, setDisabled: unused, remove: unused, runs: async () => []},
	alerting: {upsert: unused, read: unused},
	identity: {whoAmI: async () => ({principal: 'tester', kind: 'local'})},
	notifier: {send: async () => ({state: 'drafted', path: '/dev/null', reason: 'test'})},
	processes: createProcesses(),
	files: createFiles(),
	clock,
});

export type TestRun = {
	readonly session: Session;
	/** The same session as its supervisor holds it. */
	readonly engine: EngineSession;
	readonly events: JournaledEvent[];
	readonly journal: OpenedJournal;
	readonly warehouse: MemoryWarehouse;
	readonly lease: ReturnType<typeof createMemoryLease>;
	readonly clock: Clock;
	readonly folder: string;
	/** Data of all events of a type. */
	all: <Type extends RunEventType>(type: Type) => readonly EventData<Type>[];
	/** Resolves with the first event of a type that satisfies the test, past ones included. */
	next: <Type extends RunEventType>(type: Type, test?: (data: EventData<Type>) => boolean) => Promise<EventData<Type>>;
};

export type TestRunOptions = Partial<Omit<SessionOptions, 'journal' | 'tasks' | 'ports'>> & {
	readonly tasks: readonly Task[];
	readonly warehouse?: MemoryWarehouse;
	readonly folder?: string;
	readonly clock?: Clock;
	readonly ports?: Partial<Ports>;
};

const cleanups: (() => Promise<void>)[] = [];

/** For afterEach: closes journals and removes folders of the runs started since. */
export const cleanUpTestRuns = async (): Promise<void> => {
	for (const cleanup of cleanups.splice(0)) {
		await cleanup();
	}
};

/** Starts a run over a real journal. The same folder again is a resume. */
export const startTestRun = async (options: TestRunOptions): Promise<TestRun> => {
	const folder = options.folder ?? await mkdtemp(path.join(tmpdir(), 'eros-engine-'));
	const clock = options.clock ?? createDrivenClock({startMs, isFrozen: true});
	const warehouse = options.warehouse ?? createMemoryWarehouse();
	const lease = createMemoryLease();
	const journal = await openJournal({path: path.join(folder, 'journal.ndjson'), run: runId('7f3a91c2'), clock, writer: thisProcess(), isAlive: isProcessAlive, actor: 'tester'});
	const session = createSession({
		journal, window: windowOf(options.tasks), lease, settings: testSettings, command: 'deploy', version: '1.0.0',
		target: {kind: 'embedded', project: 'test-project', dataset: 'eros', location: 'US', timeZone: 'America/Los_Angeles'},
		stagingDataset: 'eros_staging_7f3a', artifacts: path.join(folder, 'artifacts'), root: folder, actor: 'tester', isUnattended: true,
		timings: {retryPausesMs: [0, 0, 0], jobAttempts: 3, absentPausesMs: [0], stopPatienceMs: 1000},
		...options,
		ports: {...createTestPorts(warehouse, clock), ...options.ports},
	});
	cleanups.push(async () => {
		session.dispatch({type: 'cancel'});
		await session.finished;
		await journal.close();
		await rm(folder, {recursive: true, force: true});
	});
	const events: JournaledEvent[] = [];
	const waiting = new Set<(event: JournaledEvent) => void>();
	session.subscribe(event => {
		events.push(event);
		for (const listener of waiting) {
			listener(event);
		}
	});
	const all: TestRun['all'] = <Type extends RunEventType>(type: Type) => events.filter(event => event.type === type).map(event => event.data as EventData<Type>);
	return {
		session, engine: session, events, journal, warehouse, lease, clock, folder, all,
		async next<Type extends RunEventType>(type: Type, test: (data: EventData<Type>) => boolean = () => true) {
			const found = all(type).find(data => test(data));
			if (found !== undefined) {
				return found;
			}

			return new Promise<EventData<Type>>(resolve => {
				const listener = (event: JournaledEvent): void => {
					if (event.type === type && test(event.data as EventData<Type>)) {
						waiting.delete(listener);
						resolve(event.data as never);
					}
				};

				waiting.add(listener);
			});
		},
	};
};

/** One task that changes staging so many times, each with a statement of its own. */
export const manyStatements = (count: number): readonly Task[] => [aTask('2A.1', {stepClass: 'data', criteria: []}, async context => {
	for (let index = 1; index <= count; index += 1) {
		await context.run({sql: `INSERT ${index}`, title: `insert ${index}`, mutates: ['eros_staging_7f3a']});
	}

	return 'done';
})];
