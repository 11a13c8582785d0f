// The last row of every screen: the keys that count now, and what Ctrl-C would do.
import {stopWindowMs} from './app-store.js';
import {joinFitting, rowOf, rowWidth, span, spreadRow, type Row} from './row.js';
import {isUntouched, type Snapshot} from './snapshot.js';

/** Hints that stay are never dropped; those of the first rank are dropped last. */
export type Hint = {readonly key: string; readonly text: string; readonly stays?: boolean; readonly isFirst?: boolean};

const hintRow = ({key, text}: Hint): Row => [span(key, 'strong'), span(` ${text}`, 'dim')];

/** Keys of this moment; whole items drop from the right, those marked `stays` never do. */
export const footerRow = (hints: readonly Hint[], right: Row, width: number): Row => {
	const gap = span(width < 100 ? '  ' : '   ');
	const staying = hints.filter(hint => hint.stays);
	const others = hints.filter(hint => !hint.stays);
	const stayingWidth = rowWidth(staying.flatMap(hint => [gap, ...hintRow(hint)]));
	const room = width - 1 - rowWidth(right) - 2;
	// When even the keys that stay do not fit beside it, the right part goes.
	const isRightShown = stayingWidth <= room;
	const space = isRightShown ? room : width - 1;
	const kept: Hint[] = [];
	let used = stayingWidth;
	for (const hint of [...others.filter(({isFirst}) => isFirst), ...others.filter(({isFirst}) => !isFirst)]) {
		const own = rowWidth(hintRow(hint)) + gap.text.length;
		if (used + own - gap.text.length > space) {
			break;
		}

		kept.push(hint);
		used += own;
	}

	const shown = [...others.filter(hint => kept.includes(hint)), ...staying];
	return spreadRow([span(' '), ...joinFitting(shown.map(hint => hintRow(hint)), gap, Math.max(1, space))], isRightShown ? right : [], width);
};

/** What Ctrl-C does next, in words. */
export const stopText = ({run, view, monotonicMs, size, isReadOnly}: Snapshot): Row => {
	if (run.phase === 'finished') {
		return rowOf(run.finished ? `exit ${run.finished.exitCode}` : '', 'dim');
	}

	const leftMs = stopWindowMs - (monotonicMs - view.stopAtMs);
	if (view.overlay === 'stop') {
		return leftMs <= 0 ? [] : rowOf(`Ctrl-C again within ${Math.ceil(leftMs / 1000)} s detaches`, 'warn');
	}

	if (view.stop !== 'none') {
		const words = view.stop === 'drained' ? 'Stopping after this step' : 'Cancelling jobs';
		return rowOf(size.columns < 80 ? words : `${words}. Ctrl-C asks again`, 'warn');
	}

	if (isReadOnly) {
		return rowOf('Ctrl-C leaves', 'dim');
	}

	if (isUntouched(run)) {
		return rowOf('Ctrl-C ends the run', 'dim');
	}

	return rowOf(size.columns < 100 ? 'Ctrl-C stops after step' : 'Ctrl-C stops after this step', 'dim');
};

/** `earlier keys were discarded` when a prompt did so, else what Ctrl-C does. */
export const discardText = (snapshot: Snapshot): Row =>
	snapshot.view.stop === 'none' && snapshot.view.discarded > 0 ? rowOf('earlier keys were discarded', 'dim') : stopText(snapshot);
