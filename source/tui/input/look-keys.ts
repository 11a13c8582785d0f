// Keys that look closer at what is in front: the job, its log as a file, messages before they are sent, evidence.
import type {TaskId} from '../../domain/ids.js';
import {logFile} from '../../store/log-text.js';
import {jobInFocus, linkOf} from '../../store/select-job.js';
import {messagesInFront} from '../../store/select-messages.js';
import {selectTreeItems, selectedIndex} from '../../store/select-tree.js';
import {frontQuestion, type Snapshot} from '../../store/snapshot.js';
import type {OverlayName} from '../../store/view-state.js';
import {on, type Binding} from './binding.js';
import {viewCommand, type Command} from './command.js';

/** The task whose row is selected; undefined on the row of a phase. */
export const selectedTask = (snapshot: Snapshot): TaskId | undefined => {
	const items = selectTreeItems(snapshot);
	const item = items[selectedIndex(items, snapshot)];
	return item?.kind === 'task' ? item.id : undefined;
};

const look = (overlay: OverlayName) => (): readonly Command[] => [viewCommand({type: 'open', overlay})];

const openJob = (snapshot: Snapshot): readonly Command[] => {
	const job = jobInFocus(snapshot);
	const link = job === undefined ? undefined : linkOf(snapshot.run, job);
	return [...look('job')(), ...(link ? [{type: 'copy', text: link.text, what: link.what} as const] : [])];
};

const saveLog = (snapshot: Snapshot): readonly Command[] => [{type: 'save', ...logFile(snapshot, snapshot.view.focus === 'log' ? undefined : selectedTask(snapshot))}];

const noMessages = (snapshot: Snapshot): string | undefined => (messagesInFront(snapshot) ? undefined : 'nobody is told anything here');
const noDiff = (snapshot: Snapshot): string | undefined => {
	const question = frontQuestion(snapshot);
	return question?.kind === 'failure' && question.diff !== undefined ? undefined : 'no difference against the live definition is known';
};

const noJob = (snapshot: Snapshot): string | undefined => (jobInFocus(snapshot) === undefined ? 'there is no job here' : undefined);
const isEvidence = ({view}: Snapshot): boolean => view.overlay === 'differences' || view.overlay === 'gate' || view.overlay === 'blast-radius';

/** From the production screen, and from one piece of evidence to the next. */
const evidenceKeys: readonly Binding[] = ([['d', 'differences', 'differences', 'every difference against the live definitions'], ['g', 'gate', 'gate', 'what the gate tests showed'], ['b', 'blast-radius', 'blast radius', 'which objects and callers are touched']] as const)
	.map(([key, overlay, hint, help]) => ({keys: [key], shown: key, hint, help: `before production: ${help}`, group: 'answer', where: snapshot => on('production')(snapshot) || isEvidence(snapshot), run: look(overlay)}));

export const lookKeys: readonly Binding[] = [
	...evidenceKeys,
	{keys: ['d'], shown: 'd', hint: 'diff', help: 'at a failure: the difference against the live definition', group: 'answer', where: on('failure'), disabled: noDiff, run: look('differences')},
	{keys: ['tab'], shown: 'tab', hint: '', help: 'before production: differences, gate evidence, blast radius in turn', group: 'answer', where: snapshot => on('production')(snapshot) || isEvidence(snapshot), run: ({view}) => look(view.overlay === 'differences' ? 'gate' : view.overlay === 'gate' ? 'blast-radius' : 'differences')()},
	{keys: ['o'], shown: 'o', hint: 'console', help: 'the job: its console address, shown and copied', group: 'everywhere', where: on('deploy', 'failure'), disabled: noJob, run: openJob},
	{keys: ['v'], shown: 'v', hint: 'preview', help: 'the messages that people would get', group: 'everywhere', where: on('failure', 'rollback'), disabled: noMessages, run: look('messages')},
	{keys: ['tab'], shown: 'tab', hint: '', help: 'at the rollback prompt: the messages that people would get', group: 'answer', where: on('rollback'), disabled: noMessages, run: look('messages')},
	{keys: ['w'], shown: 'w', hint: '', help: 'write the log of the selection to a file', group: 'log', where: on('deploy'), run: saveLog},
	{keys: ['w'], shown: 'w', hint: 'what if', help: 'on the monitor: what would change the verdict', group: 'everywhere', where: snapshot => snapshot.view.overlay === 'why' || on('monitor')(snapshot), run: look('what-if')},
];
