// The shape of every screen but the deploy screen:
//
//  eros  TITLE
// ──────────────
//  body
// ──────────────
//  keys
import {ruleRow, type Row} from '../../store/row.js';
import type {TerminalSize} from '../../terminal/size.js';
import {RowsPane} from '../panes/rows-pane.js';

type ScreenFrameProps = {
	readonly size: TerminalSize;
	readonly header: readonly Row[];
	readonly body: readonly Row[];
	readonly footer: Row;
};

export const ScreenFrame = ({size, header, body, footer}: ScreenFrameProps) => {
	const {columns} = size;
	const rows = Math.max(1, size.rows - 1);
	const bodyHeight = Math.max(0, rows - header.length - 3);
	const rule = ruleRow(columns);
	return <RowsPane rows={[...header, rule, ...fit(body, bodyHeight), rule, footer]} width={columns} height={rows}/>;
};

const fit = (body: readonly Row[], height: number): readonly Row[] =>
	body.length >= height ? body.slice(0, height) : [...body, ...Array.from({length: height - body.length}, (): Row => [])];
