// `eros-tui monitor`: watches a deployed system for 24 hours; continues a watch that was interrupted.
import {taskId, type RunId} from '../domain/ids.js';
import {formatMoney} from '../domain/wording/amount.js';
import {foldEvents} from '../domain/run-reducer.js';
import {phaseId} from '../domain/ids.js';
import type {WindowSpec} from '../domain/window.js';
import {runMonitor} from '../engine/monitor.js';
import {StepFailure, type Task} from '../engine/task.js';
import {createProcesses} from '../host/processes.js';
import {createRunId} from '../host/random.js';
import {listRuns, readJournal} from '../journal/index.js';
import {loadSettings, type Settings} from '../settings/index.js';
import {monitorQueries} from '../window/index.js';
import {sampleOnce, withMonitoring} from './ask-monitoring.js';
import type {CommandRun, Invocation} from './command.js';
import {exitCode} from './exit-codes.js';
import {healthLines} from './health.js';
import {rollbackBasics} from './rollback-basics.js';
import {runWindow} from './run-window.js';

type Known = {
	/** An unfinished watch of the same target. */
	readonly unfinished?: RunId;
	/** When the target was last deployed, by the journals of this machine. */
	readonly deployedAtMs?: number;
	readonly restorePoint?: string;
};

const lookBack = async (settings: Settings, {io}: Invocation): Promise<Known> => {
	let unfinished: RunId | undefined;
	for (const folder of await listRuns(io.env)) {
		if (folder.target !== `${settings.project}.${settings.dataset}`) {
			continue;
		}

		const state = foldEvents((await readJournal(folder.journal)).events);
		if (state.command === 'monitor' && state.monitor?.isFinished === false && unfinished === undefined) {
			unfinished = folder.run;
		}

		if (state.command === 'deploy' && state.production.kind === 'deployed') {
			return {...(unfinished === undefined ? {} : {unfinished}), deployedAtMs: state.production.atMs, ...(state.restorePoint === undefined ? {} : {restorePoint: state.restorePoint.id})};
		}
	}

	return unfinished === undefined ? {} : {unfinished};
};

const watchTask = (deployedAtMs: number | undefined): Task => ({
	spec: {id: taskId('5.2'), title: 'Monitoring', phase: phaseId('5'), dependsOn: [], stepClass: 'probe', criteria: [], expectedMs: 86_400_000, isSkippable: false, needsApproval: false, undo: 'nothing to undo'},
	async run(context) {
		const t0Ms = context.state().monitor?.t0Ms ?? deployedAtMs ?? context.ports.clock.now();
		const result = await runMonitor(context, {...await monitorQueries(context), t0Ms});
		if (result.recommendation === 'roll-back' && context.isUnattended) {
			throw new StepFailure({message: result.flags.filter(({state}) => state === 'breach').map(({rule, detail}) => `${rule}: ${detail}`).join('; '), reason: 'redFlag', class: 'permanent', advice: 'eros-tui rollback'});
		}

		return `${result.samples.length} samples, coverage ${Math.round(result.coverage * 100)}%`;
	},
});

const monitorWindow = (task: Task): WindowSpec => ({phases: [{id: phaseId('5'), title: 'Production', tasks: [task.spec]}]});

const takeOne = async (settings: Settings, {options, io}: Invocation): Promise<number> =>
	withMonitoring(settings, io, async queries => {
		const sample = await sampleOnce(queries, settings, text => io.stderr.write(`${text}\n`));
		io.stdout.write(options['json'] === true ? `${JSON.stringify(sample)}\n` : `${healthLines(sample).join('\n')}\n${sample.cost === undefined ? 'cost unknown' : `cost ${formatMoney(sample.cost.last24hMicros)} in 24 h`}\n`);
		return sample.score === undefined ? exitCode.failed : exitCode.done;
	});

const openInTmux = async ({io}: Invocation): Promise<number> => {
	const processes = createProcesses();
	if ((io.env['TMUX'] ?? '') === '' || await processes.find('tmux') === undefined) {
		io.stderr.write('This is not inside tmux. Open a second terminal and run: eros-tui monitor\n');
		return exitCode.usage;
	}

	const {exitCode: code, stderr} = await processes.run('tmux', ['split-window', '-h', 'eros-tui', 'monitor']);
	if (code !== 0) {
		io.stderr.write(`${stderr}\n`);
	}

	return code === 0 ? exitCode.done : exitCode.failed;
};

export const run: CommandRun = async invocation => {
	if (invocation.options['tmux'] === true) {
		return openInTmux(invocation);
	}

	const settings = await loadSettings(invocation.options, invocation.io.env);
	if (invocation.options['once'] === true) {
		return takeOne(settings, invocation);
	}

	const known = await lookBack(settings, invocation);
	const task = watchTask(known.deployedAtMs);
	return runWindow({
		command: 'monitor', settings, run: invocation.supervised?.run ?? known.unfinished ?? createRunId(), window: monitorWindow(task), tasks: [task], clock: 'real',
		rollback: {...rollbackBasics, ...(known.restorePoint === undefined ? {} : {restorePoint: known.restorePoint})},
	}, invocation);
};
