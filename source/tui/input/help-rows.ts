// The help screen, from the key table. A key that can't be used now stays, with its reason.
import {padEndCells, truncateEnd} from '../../terminal/cell-width.js';
import {rowOf, span, type Row} from '../../store/row.js';
import type {Snapshot} from '../../store/snapshot.js';
import type {Binding} from './binding.js';
import {fixedKeys, keyTable} from './key-table.js';

const titles: {readonly [Group in Binding['group']]: string} = {everywhere: 'Everywhere', answer: 'Answers', act: 'Acts on the run', move: 'Moving', log: 'Log'};

const entry = (shown: string, help: string, reason: string | undefined, width: number): Row => [
	span(`    ${padEndCells(shown, 12)}`, reason === undefined ? 'strong' : 'dim'),
	span(truncateEnd(reason === undefined ? help : `${help} (not now: ${reason})`, Math.max(1, width - 17)), reason === undefined ? 'plain' : 'dim'),
];

/** All keys in groups. */
export const helpRows = (snapshot: Snapshot, width: number): readonly Row[] => {
	const groups = ['everywhere', 'act', 'answer', 'move', 'log'] as const;
	const beneath: Snapshot = {...snapshot, view: {...snapshot.view, overlay: undefined}};
	return groups.flatMap((group): readonly Row[] => {
		const fixed = fixedKeys.filter(key => key.group === group).map(key => entry(key.shown, key.help, undefined, width));
		const bound = keyTable.filter(binding => binding.group === group).map(binding => entry(binding.shown, binding.help, binding.where(beneath) ? binding.disabled?.(beneath) : undefined, width));
		return [rowOf(`  ${titles[group]}`, 'strong'), ...fixed, ...bound, []];
	});
};
