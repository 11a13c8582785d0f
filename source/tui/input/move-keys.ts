// Moving about: panes, rows of the tree, lines of the log, text over a screen.
import type {PhaseId} from '../../domain/ids.js';
import {searchTest, selectLogLines, parseFilter} from '../../store/select-log.js';
import {selectTreeItems, selectedIndex, type TreeItem} from '../../store/select-tree.js';
import {paneNames} from '../../store/select-tabs.js';
import type {Snapshot} from '../../store/snapshot.js';
import type {PaneName} from '../../store/view-state.js';
import {layoutDeploy, sizeClassOf} from '../layout/size-class.js';
import {inOverlay, on, type Binding} from './binding.js';
import {flashCommand, viewCommand, type Command} from './command.js';

const logHeight = (snapshot: Snapshot): number => {
	const layout = layoutDeploy(snapshot.size);
	return snapshot.view.isZoomed ? layout.rows - 1 : layout.sizeClass === 'tabs' ? layout.body - 1 : layout.log;
};

const step = (key: string, page: number): number => {
	switch (key) {
		case 'j':
		case 'down': {
			return 1;
		}

		case 'k':
		case 'up': {
			return -1;
		}

		case 'page-down':
		case 'ctrl-d': {
			return page;
		}

		case 'page-up':
		case 'ctrl-u': {
			return -page;
		}

		case 'g':
		case 'home': {
			return Number.NEGATIVE_INFINITY;
		}

		default: {
			return Number.POSITIVE_INFINITY;
		}
	}
};

const moveTree = (snapshot: Snapshot, by: number): readonly Command[] => {
	const items = selectTreeItems(snapshot);
	const to = Math.min(items.length - 1, Math.max(0, selectedIndex(items, snapshot) + by));
	const item = items[to];
	return item ? [viewCommand({type: 'select', id: item.id})] : [];
};

const moveLog = (snapshot: Snapshot, by: number): readonly Command[] => {
	const {log} = snapshot;
	const filter = parseFilter(snapshot.view.filter);
	const shown = selectLogLines(snapshot, logHeight(snapshot));
	const last = shown.at(-1);
	if (!last || by === Number.POSITIVE_INFINITY) {
		return [viewCommand({type: 'follow-log'})];
	}

	if (by === Number.NEGATIVE_INFINITY) {
		const start = log.after(0, logHeight(snapshot), filter).at(-1);
		return start ? [viewCommand({type: 'read-log', anchor: start.seq, appended: log.appended})] : [];
	}

	const target = by < 0 ? log.before(last.seq, 1 - by, filter)[0] : log.after(last.seq, by + 1, filter).at(-1);
	const end = log.last(1, filter)[0];
	if (!target || (by > 0 && target.seq === end?.seq)) {
		return [viewCommand({type: 'follow-log'})];
	}

	return [viewCommand({type: 'read-log', anchor: target.seq, appended: log.appended})];
};

const move = (snapshot: Snapshot, key: string): readonly Command[] => {
	const {focus} = snapshot.view;
	return focus === 'log' ? moveLog(snapshot, step(key, Math.max(1, logHeight(snapshot) - 1))) : focus === 'tree' ? moveTree(snapshot, step(key, Math.max(1, layoutDeploy(snapshot.size).body - 2))) : moveTree(snapshot, step(key, 5));
};

const selectedItem = (snapshot: Snapshot): TreeItem | undefined => {
	const items = selectTreeItems(snapshot);
	return items[selectedIndex(items, snapshot)];
};

const phaseOf = (item: TreeItem | undefined): PhaseId | undefined => (item?.kind === 'phase' ? item.id : item?.step.task.phase);

const fold = (isExpanded: boolean) => (snapshot: Snapshot): readonly Command[] => {
	const phase = phaseOf(selectedItem(snapshot));
	return phase === undefined ? [] : [viewCommand({type: 'expand', phase, isExpanded}), ...(isExpanded ? [] : [viewCommand({type: 'select', id: phase})])];
};

const toggle = (snapshot: Snapshot): readonly Command[] => {
	const item = selectedItem(snapshot);
	return item?.kind === 'phase' ? [viewCommand({type: 'expand', phase: item.id, isExpanded: !item.isExpanded}), viewCommand({type: 'select', id: item.id})] : [];
};

const foldAll = (isExpanded: boolean) => ({run}: Snapshot): readonly Command[] => [viewCommand({type: 'expand-all', phases: run.window.phases.map(phase => phase.id), isExpanded})];

const panesOf = (snapshot: Snapshot): readonly PaneName[] => (sizeClassOf(snapshot.size) === 'tabs' ? paneNames : paneNames.slice(0, 4));

const focusNext = (by: number) => (snapshot: Snapshot): readonly Command[] => {
	const panes = panesOf(snapshot);
	const at = panes.indexOf(snapshot.view.focus);
	const pane = panes[(at + by + panes.length) % panes.length];
	return pane ? [viewCommand({type: 'focus', pane})] : [];
};

const goToPane = (snapshot: Snapshot, key: string): readonly Command[] => {
	const pane = paneNames[Number(key) - 1];
	if (pane === 'monitor') {
		return snapshot.run.monitor ? [viewCommand({type: 'go', screen: 'monitor'})] : [flashCommand(snapshot, 'The monitor opens after the deployment (5.2).', 'warn')];
	}

	return pane ? [viewCommand({type: 'go', screen: 'deploy'}), viewCommand({type: 'focus', pane})] : [];
};

const nextMatch = (by: 1 | -1) => (snapshot: Snapshot): readonly Command[] => {
	const {log, view} = snapshot;
	if (view.search === '') {
		return [flashCommand(snapshot, 'Search with / first.', 'warn')];
	}

	const anchor = view.log.kind === 'reading' ? view.log.anchor : log.last(1)[0]?.seq ?? 0;
	const test = searchTest(view.search);
	const found = by > 0 ? log.after(anchor + 1, 1, test)[0] : log.before(anchor - 1, 1, test)[0];
	return found ? [viewCommand({type: 'focus', pane: 'log'}), viewCommand({type: 'read-log', anchor: found.seq, appended: log.appended})] : [flashCommand(snapshot, `No ${by > 0 ? 'later' : 'earlier'} line contains ${view.search}`, 'warn')];
};

const nextError = (snapshot: Snapshot): readonly Command[] => {
	const {log, view} = snapshot;
	const isError = (line: {readonly level: string}): boolean => line.level === 'error';
	const anchor = view.log.kind === 'reading' ? view.log.anchor : 0;
	const found = log.after(anchor + 1, 1, isError)[0] ?? log.after(0, 1, isError)[0];
	return found ? [viewCommand({type: 'focus', pane: 'log'}), viewCommand({type: 'read-log', anchor: found.seq, appended: log.appended})] : [flashCommand(snapshot, 'No error in the log.')];
};

const nextFailed = (by: 1 | -1) => (snapshot: Snapshot): readonly Command[] => {
	const failed = [...snapshot.run.steps.values()].filter(({state}) => state.kind === 'failed').map(({task}) => task);
	const at = failed.findIndex(task => task.id === snapshot.view.selected);
	const task = failed[(at + by + failed.length) % Math.max(1, failed.length)];
	return task ? [viewCommand({type: 'expand', phase: task.phase, isExpanded: true}), viewCommand({type: 'select', id: task.id}), viewCommand({type: 'focus', pane: 'tree'})] : [flashCommand(snapshot, 'No step failed.')];
};

const deploy = on('deploy');

export const moveKeys: readonly Binding[] = [
	{keys: ['j', 'k', 'up', 'down', 'page-up', 'page-down', 'ctrl-u', 'ctrl-d', 'g', 'G', 'home', 'end'], shown: 'j k g G', hint: '', help: 'move; also arrows, PgUp, PgDn, Ctrl-U, Ctrl-D, Home, End', group: 'move', where: deploy, run: move},
	{keys: ['j', 'k', 'up', 'down', 'page-up', 'page-down', 'ctrl-u', 'ctrl-d', 'g', 'home'], shown: 'j k', hint: 'scroll', help: 'scroll what lies over the screen', group: 'move', where: inOverlay, run: (snapshot, key) => [viewCommand({type: 'scroll-overlay', by: Math.max(-100_000, step(key, Math.max(1, snapshot.size.rows - 6)))})]},
	{keys: ['h', 'left'], shown: 'h', hint: '', help: 'close the phase', group: 'move', where: deploy, run: fold(false)},
	{keys: ['l', 'right'], shown: 'l', hint: '', help: 'open the phase', group: 'move', where: deploy, run: fold(true)},
	{keys: ['space'], shown: 'space', hint: '', help: 'open or close the phase', group: 'move', where: deploy, run: toggle},
	{keys: ['E'], shown: 'E', hint: '', help: 'open all phases', group: 'move', where: deploy, run: foldAll(true)},
	{keys: ['C'], shown: 'C', hint: '', help: 'close all phases', group: 'move', where: deploy, run: foldAll(false)},
	{keys: ['tab'], shown: 'tab', hint: '', help: 'next pane', group: 'move', where: deploy, run: focusNext(1)},
	{keys: ['shift-tab'], shown: 'shift-tab', hint: '', help: 'previous pane', group: 'move', where: deploy, run: focusNext(-1)},
	{keys: ['1', '2', '3', '4', '5'], shown: '1-5', hint: 'panes', isFirst: true, help: 'tree, lane A, lane B, log, monitor', group: 'move', where: on('deploy', 'monitor'), run: goToPane},
	{keys: ['1', '2', '3', '4', '5'], shown: '1-5', hint: '', help: 'tree, lane A, lane B, log, monitor', group: 'move', where: on('failure', 'rollback', 'resume'), run: goToPane},
	{keys: ['n'], shown: 'n', hint: '', help: 'next match', group: 'log', where: deploy, run: nextMatch(1)},
	{keys: ['N'], shown: 'N', hint: '', help: 'previous match', group: 'log', where: deploy, run: nextMatch(-1)},
	{keys: ['e'], shown: 'e', hint: 'next error', help: 'next error in the log', group: 'log', where: deploy, disabled: ({log}) => (log.errors === 0 ? 'there is no error in the log' : undefined), run: nextError},
	{keys: [']'], shown: ']', hint: '', help: 'next failed step', group: 'log', where: deploy, run: nextFailed(1)},
	{keys: ['['], shown: '[', hint: '', help: 'previous failed step', group: 'log', where: deploy, run: nextFailed(-1)},
];
