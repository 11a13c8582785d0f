// All samples of the monitor as a table; as many as fit, newest last.
import {Box} from 'ink';
import {Table} from 'ink-table';
import {formatMoney, formatShare} from '../../domain/wording/amount.js';
import {formatClock, formatOffset} from '../../domain/wording/duration.js';
import {rowOf, ruleRow, span} from '../../store/row.js';
import {zoneOf, type Snapshot} from '../../store/snapshot.js';
import {screenFooter} from '../input/screen-footer.js';
import {RowsPane} from './rows-pane.js';

type SamplesTableProps = {readonly snapshot: Snapshot};

export const SamplesTable = ({snapshot}: SamplesTableProps) => {
	const {columns, rows} = snapshot.size;
	const samples = snapshot.run.monitor?.samples ?? [];
	const zone = zoneOf(snapshot);
	// The table draws a line under every row, and three around its header.
	const room = Math.max(1, Math.floor((rows - 8) / 2));
	const data = samples.slice(-room).map(sample => ({
		due: formatOffset(sample.dueOffsetMs),
		at: formatClock(sample.atMs, zone),
		health: String(sample.score ?? 'no data'),
		cost: sample.cost ? formatMoney(sample.cost.sinceDeployMicros) : 'no data',
		errors: formatShare(sample.jobs.failed, sample.jobs.finished),
		jobs: String(sample.jobs.finished),
	}));
	return (
		<Box flexDirection='column' width={columns} height={rows - 1} overflow='hidden'>
			<RowsPane rows={[[span(' eros  ', 'strong'), span(`SAMPLES  the last ${data.length} of ${samples.length}`, 'strong')], ruleRow(columns)]} width={columns} height={2}/>
			<Box flexDirection='column' height={rows - 5} overflow='hidden'>
				{data.length > 0 ? <Table data={data}/> : <RowsPane rows={[rowOf('  No sample yet.', 'dim')]} width={columns} height={1}/>}
			</Box>
			<RowsPane rows={[ruleRow(columns), screenFooter(snapshot, columns)]} width={columns} height={2}/>
		</Box>
	);
};
