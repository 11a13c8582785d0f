// All keys in the order in which they are tried; the first that means something at the moment counts.
import {formatPlanHash} from '../../domain/ids.js';
import {frontQuestion, screenOf, type Snapshot} from '../../store/snapshot.js';
import {parseFilter, selectLogLines} from '../../store/select-log.js';
import {jobInFocus} from '../../store/select-job.js';
import {answerKeys} from './answer-keys.js';
import {anywhere, inOverlay, on, type Binding} from './binding.js';
import {flashCommand, intentCommand, viewCommand, type Command} from './command.js';
import {componentKeys} from './component-keys.js';
import {lookKeys, selectedTask} from './look-keys.js';
import {moveKeys} from './move-keys.js';
import {resumeKeys} from './resume-keys.js';
import {stopKeys} from './stop-keys.js';

const readOnly = ({isReadOnly}: Snapshot): string | undefined => (isReadOnly ? 'this pane only watches' : undefined);

const notUnderWay = ({run}: Snapshot): string | undefined =>
	run.phase === 'finished' ? 'the run is over' : run.questions.some(question => question.kind === 'start') ? 'the run has not started' : undefined;

const wheelReason = ({canDrive, isReadOnly, run}: Snapshot): string | undefined =>
	canDrive ? (isReadOnly || run.controlAskedBy !== undefined ? undefined : 'nobody asks for the wheel') : 'this pane only watches';

const quit = (snapshot: Snapshot): readonly Command[] => {
	const {run, view, isReadOnly} = snapshot;
	if (view.screen !== undefined) {
		return [viewCommand({type: 'go', screen: undefined})];
	}

	return run.phase === 'finished' || isReadOnly ? [{type: 'leave', exitCode: 0}] : [viewCommand({type: 'open', overlay: 'quit'})];
};

const back = (snapshot: Snapshot): readonly Command[] => {
	const {view} = snapshot;
	if (view.isZoomed) {
		return [viewCommand({type: 'zoom', isZoomed: false})];
	}

	if (view.search !== '') {
		return [viewCommand({type: 'set-search', text: ''})];
	}

	if (view.filter !== '') {
		return [viewCommand({type: 'set-filter', text: ''})];
	}

	return view.log.kind === 'reading' ? [viewCommand({type: 'follow-log'})] : [viewCommand({type: 'go', screen: undefined})];
};

/** What `y` and `Y` copy: the job or the message of the failure in front, of the selected step, or of the log line. */
const copyable = (snapshot: Snapshot, isLong: boolean): {readonly text: string; readonly what: string} | undefined => {
	const question = frontQuestion(snapshot);
	const task = selectedTask(snapshot);
	const step = task === undefined ? undefined : snapshot.run.steps.get(task);
	const failure = question?.kind === 'failure' ? question.failure : step?.state.kind === 'failed' ? step.state.failure : undefined;
	if (failure) {
		const text = isLong ? failure.message : failure.job?.id ?? failure.message;
		return {text, what: isLong || !failure.job ? 'the message' : 'the job id'};
	}

	if (screenOf(snapshot) === 'production' && question?.kind === 'production') {
		return {text: formatPlanHash(question.detail.planHash), what: 'the plan hash'};
	}

	const job = snapshot.view.focus === 'log' ? undefined : jobInFocus(snapshot);
	if (job !== undefined) {
		return isLong ? {text: snapshot.run.jobs.get(job)?.summary?.error?.message ?? snapshot.run.jobs.get(job)?.statement ?? job, what: 'the statement'} : {text: job, what: 'the job id'};
	}

	const line = snapshot.view.focus === 'log' ? selectLogLines(snapshot, 1).at(-1) : undefined;
	return line ? (isLong || line.job === undefined ? {text: line.text, what: 'the line'} : {text: line.job, what: 'the job id'}) : undefined;
};

const copy = (isLong: boolean) => (snapshot: Snapshot): readonly Command[] => {
	const found = copyable(snapshot, isLong);
	return found ? [{type: 'copy', ...found}] : [];
};

const nothingToCopy = (snapshot: Snapshot): string | undefined => (copyable(snapshot, false) === undefined ? 'there is nothing to copy here' : undefined);

const follow = (snapshot: Snapshot): readonly Command[] => {
	const {log, view} = snapshot;
	const last = log.last(1, parseFilter(view.filter))[0];
	return view.log.kind === 'following' && last ? [viewCommand({type: 'read-log', anchor: last.seq, appended: log.appended})] : [viewCommand({type: 'follow-log'})];
};

const rollBack = (): readonly Command[] => [viewCommand({type: 'pick-none'}), viewCommand({type: 'open', overlay: 'components'})];

const overlayKeys: readonly Binding[] = [
	{keys: ['esc', 'q', 'enter'], shown: 'Esc', hint: 'back', help: 'close what lies over the screen', group: 'everywhere', stays: true, where: snapshot => inOverlay(snapshot) && snapshot.view.overlay !== 'stop', run: () => [viewCommand({type: 'close'})]},
];

const screenKeys: readonly Binding[] = [
	{keys: ['enter'], shown: 'enter', hint: 'details', isFirst: true, help: 'criteria with verdicts, jobs and errors of the step', group: 'everywhere', where: on('deploy'), disabled: snapshot => (selectedTask(snapshot) === undefined && snapshot.run.steps.size === 0 ? 'nothing is selected' : undefined), run: snapshot => (selectedTask(snapshot) === undefined ? moveKeys.find(binding => binding.keys.includes('space'))?.run(snapshot, 'space') ?? [] : [viewCommand({type: 'open', overlay: 'details'})])},
	{keys: ['enter'], shown: 'enter', hint: 'why', isFirst: true, help: 'the explanation behind the figures', group: 'everywhere', where: on('monitor', 'rollback'), run: () => [viewCommand({type: 'open', overlay: 'why'})]},
	{keys: ['z'], shown: 'z', hint: 'zoom', help: 'the pane alone, without borders, so that text copies clean', group: 'everywhere', where: on('deploy'), run: ({view}) => [viewCommand({type: 'zoom', isZoomed: !view.isZoomed})]},
	{keys: ['p'], shown: 'p', hint: 'pause', isFirst: true, help: 'start no new step; again to go on', group: 'act', where: on('deploy', 'monitor'), disabled: snapshot => readOnly(snapshot) ?? notUnderWay(snapshot), run: ({run}) => [intentCommand({type: run.phase === 'paused' ? 'unpause' : 'pause'})]},
	{keys: ['s'], shown: 's', hint: 'sample now', help: 'take a monitor sample now', group: 'act', where: on('monitor'), disabled: snapshot => readOnly(snapshot) ?? (snapshot.run.monitor?.isFinished === false ? undefined : 'monitoring is over'), run: snapshot => [intentCommand({type: 'sample-now'}), flashCommand(snapshot, 'Sample asked for.')]},
	{keys: ['t'], shown: 't', hint: 'table', help: 'all samples as a table', group: 'everywhere', where: on('monitor'), run: () => [viewCommand({type: 'open', overlay: 'table'})]},
	{keys: ['R'], shown: 'R', hint: 'roll back', isFirst: true, help: 'roll production back: everything or some objects; asks for a phrase first', group: 'act', isDangerous: true, where: snapshot => anywhere(snapshot) && !on('production', 'rollback', 'resume')(snapshot), disabled: snapshot => readOnly(snapshot) ?? (snapshot.run.restorePoint === undefined ? 'there is no restore point yet' : snapshot.run.production.kind === 'unchanged' ? 'production is unchanged' : snapshot.run.phase === 'finished' ? 'the run is over; use eros-tui rollback' : undefined), run: rollBack},
	{keys: ['r'], shown: 'r', hint: '', help: 'run the selected step again', group: 'act', isDangerous: true, where: on('deploy'), disabled: snapshot => readOnly(snapshot) ?? notUnderWay(snapshot) ?? (selectedTask(snapshot) === undefined ? 'select a step' : undefined), run: snapshot => {
		const task = selectedTask(snapshot);
		return task === undefined ? [] : [intentCommand({type: 'rerun', task})];
	}},
	{keys: ['/'], shown: '/', hint: '', help: 'search the log; n and N go on', group: 'log', where: snapshot => anywhere(snapshot) && !on('production')(snapshot), run: ({view}) => [viewCommand({type: 'go', screen: 'deploy'}), viewCommand({type: 'edit', field: 'search', text: view.search})]},
	{keys: ['f'], shown: 'f', hint: '', help: 'filter the log: text, level:error, lane:a, step:2A.3', group: 'log', where: on('deploy'), run: ({view}) => [viewCommand({type: 'edit', field: 'filter', text: view.filter})]},
	{keys: ['F'], shown: 'F', hint: '', help: 'follow the log, or stop following', group: 'log', where: on('deploy'), run: follow},
	{keys: ['l'], shown: 'l', hint: 'log', help: 'the log', group: 'log', where: on('failure', 'monitor', 'rollback', 'resume'), run: () => [viewCommand({type: 'go', screen: 'deploy'}), viewCommand({type: 'focus', pane: 'log'})]},
	{keys: ['y'], shown: 'y', hint: 'copy', help: 'copy the job id', group: 'everywhere', where: on('deploy', 'failure', 'monitor', 'production'), disabled: nothingToCopy, run: copy(false)},
	{keys: ['Y'], shown: 'Y', hint: '', help: 'copy the whole message', group: 'everywhere', where: on('deploy', 'failure', 'monitor'), disabled: nothingToCopy, run: copy(true)},
	{keys: ['H'], shown: 'H', hint: '', help: 'the wheel: ask for it where another view drives; hand it to who asked', group: 'act', isDangerous: true, where: anywhere, disabled: wheelReason, run: snapshot => (snapshot.isReadOnly ? [intentCommand({type: 'ask-for-control'}), flashCommand(snapshot, 'Asked for the wheel.')] : [intentCommand({type: 'hand-over'})])},
	{keys: ['?'], shown: '?', hint: 'help', help: 'this help', group: 'everywhere', stays: true, where: anywhere, run: () => [viewCommand({type: 'open', overlay: 'help'})]},
	{keys: ['q'], shown: 'q', hint: 'quit', help: 'leave this screen; at the root, leave the program', group: 'everywhere', stays: true, where: anywhere, run: quit},
	{keys: ['esc'], shown: 'Esc', hint: '', help: 'zoom, search, filter, reading, other screen: back by one', group: 'everywhere', where: anywhere, run: back},
];

/** Keys that the router handles before the table, for help and documentation. */
export const fixedKeys: readonly Pick<Binding, 'shown' | 'help' | 'group'>[] = [
	{shown: 'Ctrl-C', help: 'start nothing new and ask: wait, cancel jobs, detach or continue; again within 3 s leaves', group: 'everywhere'},
	{shown: 'Ctrl-Z', help: 'suspend; fg comes back', group: 'everywhere'},
	{shown: 'Ctrl-L', help: 'draw the screen again', group: 'everywhere'},
];

export const keyTable: readonly Binding[] = [...stopKeys, ...componentKeys, ...resumeKeys, ...overlayKeys, ...answerKeys, ...lookKeys, ...screenKeys, ...moveKeys];

/** The binding a key has at this moment. */
export const findBinding = (snapshot: Snapshot, key: string): Binding | undefined =>
	keyTable.find(binding => binding.keys.includes(key) && binding.where(snapshot));

/** Bindings worth a place in the footer at this moment, in the order of the table. */
export const hintedBindings = (snapshot: Snapshot): readonly Binding[] => {
	const taken = new Set<string>();
	return keyTable.filter(binding => {
		if (binding.hint === '' || !binding.where(snapshot) || taken.has(binding.shown)) {
			return false;
		}

		taken.add(binding.shown);
		return binding.disabled?.(snapshot) === undefined;
	});
};
