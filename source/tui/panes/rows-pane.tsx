// A pane of a fixed size: exactly `height` rows, cut and filled.
import {Box} from 'ink';
import {fillRows, fitRow, type Row} from '../../store/row.js';
import {RowLine} from '../parts/row-line.js';

type RowsPaneProps = {readonly rows: readonly Row[]; readonly width: number; readonly height: number};

export const RowsPane = ({rows, width, height}: RowsPaneProps) => (
	<Box flexDirection='column' width={width} height={height} overflow='hidden' flexShrink={0}>
		{fillRows(rows, height).map((row, index) => <RowLine key={index} row={fitRow(row, width)}/>)}
	</Box>
);
