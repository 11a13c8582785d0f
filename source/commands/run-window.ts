// Puts a run together: target, clock, journal, ports, tasks and presenter.
import path from 'node:path';
import {connect, type Connection} from '../cloud/connect.js';
import type {RunCommand} from '../domain/events.js';
import {foldEvents} from '../domain/run-reducer.js';
import type {RunId} from '../domain/ids.js';
import type {WindowSpec} from '../domain/window.js';
import type {ApprovalPolicy} from '../engine/approval.js';
import {createSession, type SessionOptions} from '../engine/create-session.js';
import type {Ports, Settings as EngineSettings, WindowTasks} from '../engine/task.js';
import {createDrivenClock} from '../host/driven-clock.js';
import {createFiles} from '../host/files.js';
import {isProcessAlive, thisProcess} from '../host/process-identity.js';
import {createProcesses} from '../host/processes.js';
import {createSystemClock} from '../host/system-clock.js';
import {openJournal, runFolder, type OpenedJournal, type RunFolder} from '../journal/index.js';
import {createNotifier} from '../notify/notifier.js';
import {packageRoot, packageVersion} from '../package-info.js';
import type {Clock} from '../ports/clock.js';
import type {Session} from '../ports/session.js';
import type {Settings} from '../settings/index.js';
import type {Invocation} from './command.js';
import {choosePresenter, presentRun} from './present-run.js';

export type RunOptions = {
	readonly command: RunCommand;
	readonly settings: Settings;
	readonly run: RunId;
	readonly window: WindowSpec;
	readonly tasks: WindowTasks;
	/** Real time, or the driven time of a rehearsal: `drive` moves the embedded warehouse's clock with it. */
	readonly clock: 'real' | {readonly drivenFromMs: number; readonly speed?: number};
	readonly dataFolder?: string;
	readonly seed?: number;
	readonly approval?: ApprovalPolicy;
	readonly startTitle?: string;
	readonly rollback?: SessionOptions['rollback'];
	readonly endWithRollback?: SessionOptions['endWithRollback'];
	/** Called once connected, before the run starts: sample data, faults. */
	readonly prepare?: (connection: Connection) => Promise<void>;
	/** Called when the run is over. */
	readonly finish?: (connection: Connection) => Promise<void>;
};

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
	await drive.set(wanted.drivenFromMs);
	return createDrivenClock({
		startMs: wanted.drivenFromMs,
		...(wanted.speed === undefined ? {} : {speed: wanted.speed}),
		async onAdvance(toMs) {
			await drive.advanceTo(toMs);
		},
	});
};

const createPorts = async (connection: Connection, settings: Settings, folder: RunFolder, clock: Clock): Promise<Ports> => {
	const files = createFiles();
	return {
		warehouse: connection.warehouse,
		schedules: connection.schedules,
		alerting: connection.alerting,
		identity: connection.identity,
		notifier: await createNotifier({folder: folder.folder, files, clock, mail: settings.mail, chatWebhook: settings.chatWebhook}),
		processes: createProcesses(),
		files,
		clock,
	};
};

const openRunJournal = async (folder: RunFolder, run: RunId, clock: Clock, settings: Settings, actor: string): Promise<OpenedJournal> =>
	openJournal({path: folder.journal, run, clock, writer: thisProcess(), isAlive: isProcessAlive, actor, secrets: [settings.chatWebhook].filter(secret => secret !== undefined)});

/**
 * Runs a window, or continues it when the run has a journal, and shows it until it is over.
 * @returns the exit code.
 */
export const runWindow = async (options: RunOptions, invocation: Invocation): Promise<number> => {
	const {settings, run} = options;
	const real = createSystemClock();
	const presenter = choosePresenter(invocation);
	let session: Session | undefined;
	const connection = await connect({
		kind: settings.target, project: settings.project, dataset: settings.dataset, location: settings.location, env: invocation.io.env, clock: real,
		...(options.dataFolder === undefined ? {} : {dataFolder: options.dataFolder}),
		validAuthority() {
			const state = session?.state();
			return {provenRestorePoint: state?.restorePoint?.provenAtMs === undefined ? undefined : state.restorePoint.id, planHash: state?.plan?.hash};
		},
	});
	try {
		const clock = await createClock(connection, real, options.clock);
		await options.prepare?.(connection);
		const {principal} = await connection.identity.whoAmI();
		const folder = runFolder(invocation.io.env, settings, run);
		await using journal = closing(await openRunJournal(folder, run, clock, settings, principal));
		const past = foldEvents(journal.past);
		session = createSession({
			journal,
			window: options.window,
			tasks: options.tasks,
			ports: await createPorts(connection, settings, folder, clock),
			lease: connection.lease,
			settings: engineSettings(settings, clock.now()),
			command: options.command,
			version: packageVersion(),
			target: {kind: settings.target, project: settings.project, dataset: settings.dataset, location: settings.location, timeZone: settings.timeZone},
			stagingDataset: past.staging.dataset === '' ? `${settings.dataset}_staging_${run}` : past.staging.dataset,
			artifacts: past.artifactsFolder ?? path.resolve(folder.artifacts),
			root: packageRoot(),
			actor: principal,
			isUnattended: presenter !== 'screen',
			...(options.seed === undefined ? {} : {seed: options.seed}),
			...(options.clock === 'real' || options.clock.speed === undefined ? {} : {speed: options.clock.speed}),
			...(options.approval === undefined ? {} : {approval: options.approval}),
			...(options.startTitle === undefined ? {} : {startTitle: options.startTitle}),
			...(options.rollback === undefined ? {} : {rollback: options.rollback}),
			...(options.endWithRollback === undefined ? {} : {endWithRollback: options.endWithRollback}),
		});
		return await presentRun(session, presenter, folder.journal, invocation);
	} finally {
		await options.finish?.(connection);
		await connection.close();
	}
};

const closing = (journal: OpenedJournal): OpenedJournal & AsyncDisposable => ({
	...journal,
	async [Symbol.asyncDispose]() {
		await journal.close();
	},
});
