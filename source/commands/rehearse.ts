// `eros-tui rehearse`: the whole window on a private embedded warehouse with a driven clock, then an emergency rollback
// and its proof.
import {rm} from 'node:fs/promises';
import path from 'node:path';
import {adminRequest} from '../cloud/embedded.js';
import {UsageError} from '../domain/usage-error.js';
import {stagingName} from '../engine/staging.js';
import {createFiles} from '../host/files.js';
import {createRunId} from '../host/random.js';
import {createSystemClock} from '../host/system-clock.js';
import {runFolder, type RunFolder} from '../journal/index.js';
import {packageRoot} from '../package-info.js';
import {loadSettings} from '../settings/index.js';
import {targetNames} from '../window/deploy-set.js';
import {windowSpec, windowTasks} from '../window/index.js';
import type {CommandRun} from './command.js';
import {exitCode} from './exit-codes.js';
import {chooseUnfinished, isOpen} from './find-unfinished.js';
import {rollbackBasics} from './rollback-basics.js';
import {aimFault, describeFaults, namedFaults} from './named-faults.js';
import {layOutSample} from './sample-data.js';
import {runWindow} from './run-window.js';
import {isSecondPersonRequired} from './second-person.js';
import {isAttended} from './supervised.js';

const parseNumber = (field: string, value: unknown, accepts: (value: number) => boolean, accepted: string): number | undefined => {
	if (value === undefined) {
		return undefined;
	}

	const number = Number(value);
	if (!accepts(number)) {
		throw new UsageError([{field, value: String(value), accepted, fix: `eros-tui rehearse ${field} ${field === '--seed' ? '1' : '3600'}`}]);
	}

	return number;
};

/** When the driven clock starts: now, or the instant given, so that a window over a change to winter time can be rehearsed in June. */
const parseStart = (value: unknown): number | undefined => {
	if (value === undefined) {
		return undefined;
	}

	const text = String(value);
	const atMs = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})$/.test(text) ? Date.parse(text) : Number.NaN;
	if (Number.isNaN(atMs)) {
		throw new UsageError([{field: '--start', value: text, accepted: 'an instant with its offset, 2025-11-01T12:00:00-07:00', fix: 'eros-tui rehearse --start 2025-11-01T19:00:00Z'}]);
	}

	return atMs;
};

/** Where the private warehouse of a rehearsal lives: with the run, so that a rehearsal that was killed can go on. */
export const rehearsalHome = ({folder}: RunFolder): string => path.join(folder, 'private');

/** The data folder of a rehearsal's warehouse. */
export const rehearsalData = (folder: RunFolder): string => path.join(rehearsalHome(folder), 'data', 'warehouse', folder.target.split('.')[0]!);

/** Rehearses everything; nothing outside the private warehouse and the state folder is touched. */
export const run: CommandRun = async invocation => {
	const {options, io} = invocation;
	if (options['faults'] === 'help') {
		io.stdout.write(`${describeFaults()}\n`);
		return exitCode.done;
	}

	const givenSeed = parseNumber('--seed', options['seed'], value => Number.isSafeInteger(value) && value >= 0, 'a whole number from 0') ?? 1;
	const speed = parseNumber('--speed', options['speed'], value => value > 0, 'a factor greater than 0');
	const startMs = parseStart(options['start']);
	const faults = namedFaults(options['faults']);
	const resumed = options['resume'] === undefined ? undefined : await chooseUnfinished(invocation.supervised?.run ?? options['resume'], 'rehearse', io.env);
	if (resumed !== undefined && !isOpen(resumed.state)) {
		io.stderr.write(`Rehearsal ${resumed.folder.run} is over, and its warehouse is gone: ${resumed.state.finished?.sentence ?? ''}\n  Rehearse again with: eros-tui rehearse\n`);
		return exitCode.usage;
	}

	const settings = {...await loadSettings({}, io.env), target: 'embedded' as const};
	const id = invocation.supervised?.run ?? resumed?.folder.run ?? createRunId();
	const folder = runFolder(io.env, settings, id);
	const home = rehearsalHome(folder);
	// A rehearsal that was killed while its data was laid out has nothing to continue: it begins again under its name.
	const isContinued = resumed?.state.startedAtMs !== undefined;
	const seed = resumed?.state.seed ?? givenSeed;
	const clock = createSystemClock();
	return runWindow({
		command: 'rehearse',
		settings,
		run: id,
		window: windowSpec,
		tasks: windowTasks(),
		clock: {drivenFromMs: isContinued ? resumed.state.nowMs : startMs ?? clock.now(), isResumed: isContinued, ...(speed === undefined ? {} : {speed})},
		dataFolder: rehearsalData(folder),
		seed,
		...(isAttended(invocation) ? {startTitle: isContinued ? `Continue rehearsal ${id}` : `Rehearse the window on a private warehouse, seed ${seed}`} : {}),
		approval: {isSecondPersonRequired: isSecondPersonRequired(settings, options)},
		rollback: rollbackBasics,
		endWithRollback: {reason: 'end of the rehearsal', components: 'all'},
		async prepare(connection) {
			if (!isContinued) {
				if (options['json'] !== true) {
					io.stderr.write(`Laying out sample data, seed ${seed}.\n`);
				}

				await layOutSample(connection, targetNames(settings), {seed, nowMs: await connection.embedded!.drive.now(), root: packageRoot(), files: createFiles(), run: id});
			}

			for (const fault of faults) {
				await adminRequest(connection.embedded!.instance, 'POST', 'faults', aimFault(fault, {...settings, stagingDataset: stagingName(settings.dataset, id)}));
			}
		},
		async finish(connection, state) {
			const isToBeContinued = state !== undefined && isOpen(state);
			if (options['keep'] === true) {
				io.stderr.write(`The warehouse is kept. Look with: EROS_HOME=${home} eros-tui query "SELECT 1"\n`);
			} else {
				// Nobody else uses it: what is to be continued lies on the disk, and nothing runs meanwhile.
				await connection.embedded?.stop();
				if (!isToBeContinued) {
					await rm(home, {recursive: true, force: true});
				}
			}
		},
	}, invocation);
};
