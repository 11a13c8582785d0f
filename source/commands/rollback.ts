// `eros-tui rollback`: back to a restore point, whole or by component. Confirmed by a typed phrase, or by --yes --reason.
import {connect} from '../cloud/connect.js';
import {UsageError} from '../domain/usage-error.js';
import {restorePointIdOf} from '../engine/manifest.js';
import {createRunId} from '../host/random.js';
import {createSystemClock} from '../host/system-clock.js';
import {loadSettings, type Settings} from '../settings/index.js';
import type {CommandIo, CommandRun} from './command.js';
import {exitCode} from './exit-codes.js';
import {rollbackBasics} from './rollback-basics.js';
import {runWindow} from './run-window.js';
import {isAttended} from './supervised.js';

/** Ids of the restore points that stand in the warehouse, newest first; those of rollbacks last. */
const listIds = async (settings: Settings, io: CommandIo): Promise<readonly string[]> => {
	const connection = await connect({kind: settings.target, project: settings.project, dataset: settings.dataset, location: settings.location, env: io.env, clock: createSystemClock()});
	try {
		const ids = (await connection.warehouse.listDatasets()).flatMap(dataset => restorePointIdOf(settings.dataset, dataset) ?? []);
		const isUndo = (id: string): boolean => id.startsWith('prerollback_');
		return [...ids.filter(id => !isUndo(id)).sort().reverse(), ...ids.filter(id => isUndo(id)).sort().reverse()];
	} finally {
		await connection.close();
	}
};

const chooseId = (wanted: unknown, ids: readonly string[]): string | undefined => {
	if (wanted === undefined) {
		return ids.find(id => !id.startsWith('prerollback_'));
	}

	if (!ids.includes(String(wanted))) {
		throw new UsageError([{field: '--to', value: String(wanted), accepted: ids.length === 0 ? 'a restore point; there is none' : `one of ${ids.join(', ')}`, fix: `eros-tui rollback${ids[0] === undefined ? '' : ` --to ${ids[0]}`}`}]);
	}

	return String(wanted);
};

export const run: CommandRun = async invocation => {
	const {options, io} = invocation;
	const isConfirmed = options['yes'] === true;
	const reason = typeof options['reason'] === 'string' ? options['reason'].trim() : '';
	if (isConfirmed && reason === '') {
		throw new UsageError([{field: '--reason', value: undefined, accepted: 'why production goes back, in words', fix: 'eros-tui rollback --yes --reason "health 65 twice"'}]);
	}

	const settings = await loadSettings(options, io.env);
	if (!isConfirmed && !isAttended(invocation)) {
		io.stderr.write('A rollback is confirmed by a typed phrase, and there is no terminal to type it in.\n  Without one: eros-tui rollback --yes --reason "<why>"\n');
		return exitCode.approvalNeeded;
	}

	const restorePoint = chooseId(options['to'], await listIds(settings, io));
	if (restorePoint === undefined) {
		io.stderr.write(`There is no restore point of ${settings.project}.${settings.dataset}; nothing was changed.\n`);
		return exitCode.failed;
	}

	const components = Array.isArray(options['component']) ? options['component'].map(String) : 'all';
	const code = await runWindow({
		command: 'rollback', settings, run: invocation.supervised?.run ?? createRunId(), window: {phases: []}, tasks: [], clock: 'real',
		rollback: {...rollbackBasics, restorePoint, isConfirmed},
		endWithRollback: {reason: reason === '' ? 'asked by the operator' : reason, components},
	}, invocation);
	return code;
};
