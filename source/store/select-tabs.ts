// The tab row of narrow terminals: `[1 Tree]  2 Lane A 3/6  3 Lane B ✓  4 Log  5 Monitor`.
import {fitRow, span, type Row, type Span} from './row.js';
import {selectLane} from './select-lane.js';
import type {Snapshot} from './snapshot.js';
import type {PaneName} from './view-state.js';

export const paneNames: readonly PaneName[] = ['tree', 'lane-a', 'lane-b', 'log', 'monitor'];

const titles: {readonly [Name in PaneName]: string} = {tree: 'Tree', 'lane-a': 'Lane A', 'lane-b': 'Lane B', log: 'Log', monitor: 'Monitor'};

const laneState = (snapshot: Snapshot, lane: 'A' | 'B'): Span | undefined => {
	const view = selectLane(snapshot, lane);
	switch (view?.kind) {
		case 'passed': {
			return span(' ✓', 'good');
		}

		case 'failed': {
			return span(' ✗', 'bad');
		}

		case 'waiting': {
			return span(' ?', 'warn');
		}

		case 'running': {
			return span(` ${view.passed}/${view.total}`, 'accent');
		}

		default: {
			return undefined;
		}
	}
};

/** Which pane is shown is in brackets: it has to show without colour. */
export const selectTabs = (snapshot: Snapshot, width: number): Row => {
	const spans = paneNames.flatMap((name, index): readonly Span[] => {
		const isShown = snapshot.view.focus === name;
		const lane = name === 'lane-a' ? 'A' : name === 'lane-b' ? 'B' : undefined;
		const state = lane === undefined ? undefined : laneState(snapshot, lane);
		return [span(isShown ? '[' : ' '), span(`${index + 1} ${titles[name]}`, isShown ? 'strong' : 'dim'), ...(state ? [state] : []), span(isShown ? ']' : ' ')];
	});
	return fitRow([span(' '), ...spans], width);
};
