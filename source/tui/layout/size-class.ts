// How much fits: one pure function of the terminal's size, tested at every boundary.
import type {TerminalSize} from '../../terminal/size.js';

/** tabs: one pane at a time; columns: tree and one lane; full: tree, both lanes stacked, log; broad: lanes side by side. */
export type SizeClass = 'small' | 'tabs' | 'columns' | 'full' | 'broad';

/** Below this nothing can be shown truthfully. */
export const smallest: TerminalSize = {columns: 60, rows: 15};

export const sizeClassOf = ({columns, rows}: TerminalSize): SizeClass => {
	if (columns < smallest.columns || rows < smallest.rows) {
		return 'small';
	}

	if (columns < 100 || rows < 30) {
		return 'tabs';
	}

	if (columns < 120 || rows < 36) {
		return 'columns';
	}

	return columns < 180 ? 'full' : 'broad';
};

export type DeployLayout = {
	readonly sizeClass: Exclude<SizeClass, 'small'>;
	readonly columns: number;
	/** Rows of the root box: one fewer than the terminal has. */
	readonly rows: number;
	/** Rows of the panes above the log. */
	readonly body: number;
	/** Rows of log lines under them. */
	readonly log: number;
	/** Columns of the tree; the separator takes one more. */
	readonly tree: number;
	readonly side: number;
};

/** Areas of the deploy screen; every row is accounted for. */
export const layoutDeploy = (size: TerminalSize): DeployLayout => {
	const found = sizeClassOf(size);
	const sizeClass = found === 'small' ? 'tabs' : found;
	const rows = size.rows - 1;
	if (sizeClass === 'tabs') {
		const log = 2;
		// Title, now, tabs, two rules, a row for messages, a rule and the footer.
		return {sizeClass, columns: size.columns, rows, body: Math.max(1, rows - 8 - log), log, tree: size.columns, side: 0};
	}

	// Title, now, a rule, the log's header, a rule and the footer.
	const inner = rows - 6;
	const body = Math.floor(inner * (sizeClass === 'columns' ? 0.65 : 0.6));
	// Two lanes side by side need the width more than the tree does.
	const tree = Math.min(60, Math.floor(size.columns * (sizeClass === 'broad' ? 0.25 : 0.36)));
	return {sizeClass, columns: size.columns, rows, body, log: inner - body, tree, side: size.columns - tree - 1};
};
