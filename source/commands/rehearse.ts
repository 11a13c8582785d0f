// `eros-tui rehearse`: the whole window on a private embedded warehouse with a driven clock, then an emergency rollback
// and its proof.
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {adminRequest} from '../cloud/embedded.js';
import {UsageError} from '../domain/usage-error.js';
import {createFiles} from '../host/files.js';
import {createRunId} from '../host/random.js';
import {createSystemClock} from '../host/system-clock.js';
import {packageRoot} from '../package-info.js';
import {loadSettings} from '../settings/index.js';
import {targetNames} from '../window/deploy-set.js';
import {windowSpec, windowTasks} from '../window/index.js';
import type {CommandRun} from './command.js';
import {rollbackBasics} from './rollback-basics.js';
import {namedFaults} from './named-faults.js';
import {choosePresenter} from './present-run.js';
import {layOutSample} from './sample-data.js';
import {runWindow} from './run-window.js';

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

/** Rehearses everything; nothing outside the private warehouse and the state folder is touched. */
export const run: CommandRun = async invocation => {
	const {options, io} = invocation;
	const seed = parseNumber('--seed', options['seed'], value => Number.isSafeInteger(value) && value >= 0, 'a whole number from 0') ?? 1;
	const speed = parseNumber('--speed', options['speed'], value => value > 0, 'a factor greater than 0');
	const faults = namedFaults(options['faults']);
	const settings = {...await loadSettings({}, {...io.env, EROS_PROJECT_ID: undefined}), target: 'embedded' as const};
	const home = await mkdtemp(path.join(tmpdir(), 'eros-rehearsal-'));
	const id = createRunId();
	const clock = createSystemClock();
	try {
		return await runWindow({
			command: 'rehearse',
			settings,
			run: id,
			window: windowSpec,
			tasks: windowTasks(),
			clock: {drivenFromMs: clock.now(), ...(speed === undefined ? {} : {speed})},
			dataFolder: path.join(home, 'data', 'warehouse', settings.project),
			seed,
			...(choosePresenter(invocation) === 'screen' ? {startTitle: `Rehearse the window on a private warehouse, seed ${seed}`} : {}),
			rollback: rollbackBasics,
			endWithRollback: {reason: 'end of the rehearsal', components: 'all'},
			async prepare(connection) {
				if (options['json'] !== true) {
					io.stderr.write(`Laying out sample data, seed ${seed}.\n`);
				}

				await layOutSample(connection, targetNames(settings), {seed, nowMs: await connection.embedded!.drive.now(), root: packageRoot(), files: createFiles(), run: id});
				for (const fault of faults) {
					await adminRequest(connection.embedded!.instance, 'POST', 'faults', fault);
				}
			},
			async finish(connection) {
				if (options['keep'] === true) {
					io.stderr.write(`The warehouse is kept. Look with: EROS_HOME=${home} eros-tui query "SELECT 1"\n`);
				} else {
					await connection.embedded?.stop();
				}
			},
		}, invocation);
	} finally {
		if (options['keep'] !== true) {
			await rm(home, {recursive: true, force: true});
		}
	}
};
