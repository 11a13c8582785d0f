// The background side of a run: puts target, clock, journal, ports and tasks together and carries the run out.
import path from 'node:path';
import process from 'node:process';
import {lacksSecondPerson} from '../domain/second-person.js';
import {connect, type Connection} from '../cloud/connect.js';
import {foldEvents} from '../domain/run-reducer.js';
import type {RunId} from '../domain/ids.js';
import {createSession, type EngineSession} from '../engine/create-session.js';
import {stagingName} from '../engine/staging.js';
import type {Ports, Settings as EngineSettings} from '../engine/task.js';
import {createChildRegistry, endLeftOvers, type ChildRegistry} from '../host/children.js';
import {createDrivenClock} from '../host/driven-clock.js';
import {createFiles} from '../host/files.js';
import {isProcessAlive, thisProcess} from '../host/process-identity.js';
import {createProcesses} from '../host/processes.js';
import {createSystemClock} from '../host/system-clock.js';
import {openJournal, runFolder, type OpenedJournal, type RunFolder} from '../journal/index.js';
import {createNotifier} from '../notify/notifier.js';
import {packageRoot, packageVersion} from '../package-info.js';
import type {Clock} from '../ports/clock.js';
import {secretsOf, type Settings} from '../settings/index.js';
import {onSignals} from '../terminal/signals.js';
import {compareCatalog} from '../window/catalog-comparison.js';
import type {Invocation} from './command.js';
import {withDeaths} from './die-at.js';
import {exitCode} from './exit-codes.js';
import {findRehearsal} from './find-rehearsal.js';
import type {RunOptions} from './run-window.js';
import type {Supervised} from './supervised.js';

/** Today in the business time zone, YYYY-MM-DD. */
const civilDate = (nowMs: number, timeZone: string): string => new Intl.DateTimeFormat('en-CA', {timeZone, year: 'numeric', month: '2-digit', day: '2-digit'}).format(nowMs);

const engineSettings = (settings: Settings, nowMs: number): EngineSettings => ({
	project: settings.project,
	dataset: settings.dataset,
	location: settings.location,
	timeZone: settings.timeZone,
	deploymentDate: settings.deploymentDate ?? civilDate(nowMs, settings.timeZone),
	pricePerTibMicros: settings.pricePerTibMicros,
	expectedDailyCostMicros: settings.expectedDailyCostMicros,
	costCapMicros: settings.costCapMicros,
	maximumBytesBilled: settings.maximumBytesBilled,
	jobTimeoutMs: settings.jobTimeoutMs,
	contacts: settings.contacts,
	alertEmails: settings.alertEmails,
	windowMs: settings.windowMs,
});

const createClock = async (connection: Connection, real: Clock, wanted: RunOptions['clock']): Promise<Clock> => {
	if (wanted === 'real' || connection.embedded === undefined) {
		// An embedded warehouse that was driven before stands at another time than this machine: the run goes by it.
		const aheadMs = connection.embedded === undefined ? 0 : (await connection.embedded.drive.now()) - real.now();
		return {...real, now: () => real.now() + aheadMs, sleepUntil: async (atMs, signal) => real.sleepUntil(atMs - aheadMs, signal)};
	}

	const {drive} = connection.embedded;
	// A rehearsal that goes on never goes back: its journal and its warehouse have both seen that time.
	const startMs = wanted.isResumed === true ? Math.max(wanted.drivenFromMs, await drive.now()) : wanted.drivenFromMs;
	await drive.set(startMs);
	return createDrivenClock({
		startMs,
		...(wanted.speed === undefined ? {} : {speed: wanted.speed}),
		async onAdvance(toMs) {
			await drive.advanceTo(toMs);
		},
	});
};

const createPorts = async (connection: Connection, settings: Settings, folder: RunFolder, clock: Clock, children: ChildRegistry): Promise<Ports> => {
	const files = createFiles();
	return {
		warehouse: connection.warehouse,
		schedules: connection.schedules,
		alerting: connection.alerting,
		identity: connection.identity,
		notifier: await createNotifier({folder: folder.folder, files, clock, mail: settings.mail, chatWebhook: settings.chatWebhook}),
		processes: createProcesses(children),
		files,
		clock,
	};
};

const openRunJournal = async (folder: RunFolder, run: RunId, clock: Clock, settings: Settings, actor: string): Promise<OpenedJournal> =>
	openJournal({path: folder.journal, run, clock, writer: thisProcess(), isAlive: isProcessAlive, actor, secrets: secretsOf(settings)});

const closing = (journal: OpenedJournal): OpenedJournal & AsyncDisposable => ({
	...journal,
	async [Symbol.asyncDispose]() {
		await journal.close();
	},
});

/** What is left undone when SIGTERM arrives is written down, and the views are told, within this time each, or not at all: the journal is whole either way. */
const suspendMs = 150;

/** Nobody looks, a person is needed: after half a day the process makes room. The run waits in its journal. */
const abandonedMs = 12 * 3_600_000;

const suspendWhenTold = (session: EngineSession, {server}: Supervised, clock: Clock, children: ChildRegistry): Disposable => {
	let isGoing = false;
	const suspend = (reason: string, code: number): void => {
		if (isGoing) {
			return;
		}

		isGoing = true;
		void (async () => {
			// First the journal, then the views: whoever is told can read it there.
			await Promise.race([session.suspend(reason).catch(() => undefined), clock.pause(suspendMs)]);
			children.endAll();
			server.suspend(reason);
			await Promise.race([server.close(), clock.pause(suspendMs)]);
			process.exit(code);
		})();
	};

	const signals = onSignals({SIGTERM: () => suspend('the process was told to go (SIGTERM)', exitCode.terminated)});
	let aloneSinceMs = clock.monotonic();
	const watch = clock.every(60_000, () => {
		const isWaiting = session.state().questions.length > 0 && ![...session.state().steps.values()].some(({task, state}) => state.kind === 'running' && !session.state().questions.some(question => 'task' in question && question.task === task.id));
		if (server.views() > 0 || !isWaiting) {
			aloneSinceMs = clock.monotonic();
		} else if (clock.monotonic() - aloneSinceMs > abandonedMs) {
			suspend('nobody has looked for 12 hours and a person is needed', exitCode.needsPerson);
		}
	});
	return {
		[Symbol.dispose]() {
			signals[Symbol.dispose]();
			watch[Symbol.dispose]();
		},
	};
};

/**
 * Carries a window out, or continues it when the run has a journal.
 * @returns the exit code of the run.
 */
export const runSupervised = async (options: RunOptions, invocation: Invocation, supervised: Supervised): Promise<number> => {
	const {settings, run} = options;
	const real = createSystemClock();
	let session: EngineSession | undefined;
	const connection = await connect({
		kind: settings.target, project: settings.project, dataset: settings.dataset, location: settings.location, env: invocation.io.env, clock: real,
		...(options.dataFolder === undefined ? {} : {dataFolder: options.dataFolder}),
		validAuthority() {
			const state = session?.state();
			return {provenRestorePoint: state?.restorePoint?.provenAtMs === undefined ? undefined : state.restorePoint.id, planHash: state === undefined || lacksSecondPerson(state) ? undefined : state.plan?.hash};
		},
	});
	try {
		const clock = await createClock(connection, real, options.clock);
		await options.prepare?.(connection);
		const {principal} = await connection.identity.whoAmI();
		const folder = runFolder(invocation.io.env, settings, run);
		await using journal = closing(withDeaths(await openRunJournal(folder, run, clock, settings, principal), options.command, invocation.io.env, connection));
		// The journal is ours: whoever held it before is gone, and what he had started waits for nobody.
		const childrenFile = path.join(folder.folder, 'children.json');
		endLeftOvers(childrenFile);
		const children = createChildRegistry(childrenFile);
		const past = foldEvents(journal.past);
		session = createSession({
			journal,
			window: options.window,
			tasks: options.tasks,
			ports: await createPorts(connection, settings, folder, clock, children),
			lease: connection.lease,
			settings: engineSettings(settings, clock.now()),
			command: options.command,
			version: packageVersion(),
			target: {kind: settings.target, project: settings.project, dataset: settings.dataset, location: settings.location, timeZone: settings.timeZone},
			stagingDataset: past.staging.dataset === '' ? stagingName(settings.dataset, run) : past.staging.dataset,
			artifacts: past.artifactsFolder ?? path.resolve(folder.artifacts),
			root: packageRoot(),
			actor: principal,
			isUnattended: supervised.isUnattended,
			...(options.tasks.length === 0 ? {} : {compareCatalog}),
			...(options.command === 'deploy' ? {findRehearsal: async hash => findRehearsal(invocation.io.env, settings, hash)} : {}),
			...(options.seed === undefined ? {} : {seed: options.seed}),
			...(options.clock === 'real' || options.clock.speed === undefined ? {} : {speed: options.clock.speed}),
			...(options.approval === undefined ? {} : {approval: options.approval}),
			...(options.startTitle === undefined ? {} : {startTitle: options.startTitle}),
			...(options.rollback === undefined ? {} : {rollback: options.rollback}),
			...(options.endWithRollback === undefined ? {} : {endWithRollback: options.endWithRollback}),
		});
		using _signals = suspendWhenTold(session, supervised, real, children);
		supervised.server.adopt(session);
		const code = await session.finished;
		const unwritten = journal.failure();
		if (unwritten !== undefined) {
			// What could not be written down can't be read there: it is said to whoever looks.
			throw unwritten;
		}

		return code;
	} finally {
		await options.finish?.(connection, session?.state());
		await connection.close();
	}
};
