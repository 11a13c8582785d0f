// What `schedule` and `orchestrate` share: a target, the lease while they write, a clock that agrees with the warehouse.
import path from 'node:path';
import {connect} from '../cloud/connect.js';
import {planHash} from '../domain/ids.js';
import type {AgentEnvironment} from '../eros/agent.js';
import type {ScheduleSink} from '../eros/sinks/sink.js';
import {createFiles} from '../host/files.js';
import {createRunId} from '../host/random.js';
import {createSystemClock} from '../host/system-clock.js';
import type {Clock} from '../ports/clock.js';
import type {Files} from '../ports/outside.js';
import {WarehouseError, type Warehouse} from '../ports/warehouse.js';
import {loadSettings, type Settings} from '../settings/index.js';
import {endByHangUp, onSignals} from '../terminal/signals.js';
import type {CommandIo} from './command.js';
import {exitCode} from './exit-codes.js';
import {settleErosPrevious} from './take-over-eros.js';

export type ErosConnection = {
	readonly settings: Settings;
	readonly files: Files;
	readonly clock: Clock;
	readonly warehouse: Warehouse;
	/** Epoch milliseconds by the warehouse's clock: an embedded one may stand at another day than this machine. */
	readonly nowMs: () => number;
	readonly environment: (sinks: readonly ScheduleSink[]) => AgentEnvironment;
	/** Aborted by Ctrl-C, SIGTERM or a hang-up: agents give back what they hold, then the command ends. */
	readonly signal: AbortSignal;
	/** 130, 143 or 129 when one of them came; undefined otherwise. */
	readonly endedBy: () => number | undefined;
	readonly close: () => Promise<void>;
};

type Ending = {readonly signal: AbortSignal; readonly exitCode: () => number | undefined; readonly stopListening: () => void};

/**
 * Ends the command on Ctrl-C, SIGTERM and when its terminal goes: pages under way give back what they hold or finish saving.
 * A second Ctrl-C ends the process at once. A reader that went away, as in `| head`, has seen what it wanted: the work goes
 * on, and what it would have read is dropped.
 */
const listenForEnd = (io: CommandIo): Ending => {
	const stop = new AbortController();
	let code: number | undefined;
	const end = (reason: number, told: string): void => {
		code ??= reason;
		if (!stop.signal.aborted && told !== '') {
			io.stderr.write(`${told}: pages under way give back what they hold or finish saving.\n`);
		}

		stop.abort();
	};

	const interrupts = onSignals({SIGINT() {
		interrupts[Symbol.dispose]();
		end(exitCode.interrupted, 'Stopping. Press Ctrl-C again to leave at once');
	}});
	const others = onSignals({
		SIGTERM: () => end(exitCode.terminated, 'Stopping on SIGTERM'),
		SIGHUP() {
			endByHangUp();
			end(exitCode.hangup, '');
		},
	});
	// These stay: a stream that was closed may report it late.
	for (const stream of [io.stdout, io.stderr]) {
		stream.on('error', () => undefined);
	}

	return {
		signal: stop.signal,
		exitCode: () => code,
		stopListening() {
			interrupts[Symbol.dispose]();
			others[Symbol.dispose]();
		},
	};
};

/** A clock that shows the warehouse's time and waits in real time. */
const shifted = (clock: Clock, aheadMs: number): Clock => ({...clock, now: () => clock.now() + aheadMs});

/** Rows only, given back by themselves when a schedule fails: no restore point stands behind them, the lease does. */
const rowsOnly = 'rows-only';

/** Everything that making schedules writes. Nothing is deleted: locks end by update, headers are added and their status is set, log rows and alerts are only added. */
const rowWork = [
	'call select_captions_for_creator',
	'call lock_caption_assignments',
	'update active_caption_assignments',
	'merge schedule_recommendations',
	'update schedule_recommendations',
	'insert schedule_export_log',
	'insert automation_alerts',
] as const;

/**
 * Connects and takes the dataset's lease, so that no deployment and no rollback runs at the same time.
 * @throws UsageError, WarehouseError (exit 4 without credentials), LeaseHeldError (exit 8).
 */
export const connectEros = async (options: Readonly<Record<string, unknown>>, io: CommandIo, command: string): Promise<ErosConnection> => {
	const settings = await loadSettings(options, io.env);
	const clock = createSystemClock();
	const run = createRunId();
	const connection = await connect({
		kind: settings.target,
		project: settings.project,
		dataset: settings.dataset,
		location: settings.location,
		env: io.env,
		clock,
		validAuthority: () => ({provenRestorePoint: rowsOnly, planHash: run, rowWork}),
	});
	let ending: Ending | undefined;
	try {
		if ((await connection.warehouse.findDataset(settings.dataset)) === undefined) {
			const fix = settings.target === 'embedded' ? 'eros-tui deploy --target embedded' : 'eros-tui deploy';
			throw new WarehouseError('not-found', `The dataset ${settings.project}.${settings.dataset} does not exist.\n  Deploy EROS first: ${fix}`);
		}

		const aheadMs = connection.embedded ? (await connection.embedded.drive.now()) - clock.now() : 0;
		const shiftedClock = shifted(clock, aheadMs);
		// Before the lease: from here on the process holds something.
		ending = listenForEnd(io);
		const {previous} = await connection.lease.acquire({run, actor: `eros-tui ${command}`});
		const files = createFiles();
		const {signal, exitCode: endedBy, stopListening} = ending;
		const environment = (sinks: readonly ScheduleSink[]): AgentEnvironment => ({
			warehouse: connection.warehouse,
			clock: shiftedClock,
			files,
			dataset: settings.dataset,
			timeZone: settings.timeZone,
			runId: run,
			sinks,
			maximumBytesBilled: settings.maximumBytesBilled,
			jobTimeoutMs: settings.jobTimeoutMs,
			authority: async () => ({leaseEpoch: (await connection.lease.assertHeld()).epoch, provenRestorePoint: rowsOnly, planHash: planHash(run)}),
		});
		try {
			await settleErosPrevious(environment([]), previous, {signal, tell: sentence => io.stderr.write(`${sentence}\n`)});
		} catch (error) {
			// Who is told to stop meanwhile stops: the next one settles the rest.
			if (!signal.aborted) {
				throw error;
			}
		}

		return {
			signal,
			endedBy,
			settings,
			files,
			clock: shiftedClock,
			warehouse: connection.warehouse,
			nowMs: () => shiftedClock.now(),
			environment,
			async close() {
				stopListening();
				await connection.close();
			},
		};
	} catch (error) {
		ending?.stopListening();
		await connection.close();
		throw error;
	}
};

const activePagesSql = 'SELECT page_name FROM `{dataset}.mass_messages` WHERE sending_time >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 90 DAY) AND page_name IS NOT NULL GROUP BY page_name ORDER BY page_name';

/** Pages that sent something in the last 90 days, in order. */
export const listActivePages = async ({warehouse, settings}: ErosConnection): Promise<readonly string[]> => {
	const {rows} = await warehouse.query<{readonly page_name: string}>(activePagesSql.replace('{dataset}', `${warehouse.project}.${settings.dataset}`), {maximumBytesBilled: settings.maximumBytesBilled, timeoutMs: settings.jobTimeoutMs, labels: {eros_agent: 'pages'}});
	return rows.map(row => row.page_name);
};

/** Pages that exist for tests only. */
export const isTestPage = (page: string): boolean => page.startsWith('test_');

/** Where a page's week goes unless told otherwise. */
export const defaultOutput = (cwd: string, page: string, weekStart: string, extension: 'csv' | 'json'): string => path.join(cwd, 'schedules', `${page}_${weekStart}.${extension}`);
