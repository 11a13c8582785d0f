// Keys of the picker before a rollback: everything, or some objects.
import {changedObjects, componentCursor} from '../../store/select-components.js';
import type {Snapshot} from '../../store/snapshot.js';
import type {Binding} from './binding.js';
import {flashCommand, intentCommand, viewCommand, type Command} from './command.js';

const isPicking = ({view}: Snapshot): boolean => view.overlay === 'components';

const move = (snapshot: Snapshot, key: string): readonly Command[] => {
	const last = changedObjects(snapshot.run).length;
	const at = componentCursor(snapshot);
	const page = Math.max(1, snapshot.size.rows - 14);
	const to = {j: at + 1, down: at + 1, k: at - 1, up: at - 1, 'page-down': at + page, 'ctrl-d': at + page, 'page-up': at - page, 'ctrl-u': at - page, g: 0, home: 0}[key] ?? last;
	return [viewCommand({type: 'scroll-overlay', by: Math.min(last, Math.max(0, to)) - snapshot.view.overlayTop})];
};

const toggle = (snapshot: Snapshot): readonly Command[] => {
	const object = changedObjects(snapshot.run)[componentCursor(snapshot) - 1];
	return [object ? viewCommand({type: 'pick', object: object.name}) : viewCommand({type: 'pick-none'})];
};

const ask = (snapshot: Snapshot): readonly Command[] => {
	const {picked} = snapshot.view;
	const components = picked.size === 0 ? 'all' : changedObjects(snapshot.run).map(({name}) => name).filter(name => picked.has(name));
	return [viewCommand({type: 'close'}), intentCommand({type: 'request-rollback', reason: 'asked by the operator', components}), flashCommand(snapshot, 'Rollback asked for; it needs the phrase before anything happens.')];
};

export const componentKeys: readonly Binding[] = [
	{keys: ['space'], shown: 'space', hint: 'pick', isFirst: true, help: 'before a rollback: pick an object, or everything', group: 'answer', where: isPicking, run: toggle},
	{keys: ['enter'], shown: 'enter', hint: 'go on', isFirst: true, help: 'before a rollback: on to the reason and the phrase', group: 'answer', isDangerous: true, where: isPicking, run: ask},
	{keys: ['j', 'k', 'up', 'down', 'page-up', 'page-down', 'ctrl-u', 'ctrl-d', 'g', 'G', 'home', 'end'], shown: 'j k', hint: 'move', help: 'before a rollback: move between the objects', group: 'answer', where: isPicking, run: move},
];
