// The window: tree left, lanes right, one log below. At 80x24 one pane at a time behind tabs.
import {Box} from 'ink';
import type {Snapshot} from '../../store/snapshot.js';
import {emptyRow, padRow, rowOf, ruleRow, scrollRows, span, type Row} from '../../store/row.js';
import {selectMessage} from '../../store/select-flash.js';
import {phasePane, selectLane, selectPanePhases} from '../../store/select-lane.js';
import {logHeader, selectLog} from '../../store/select-log.js';
import {selectMonitor} from '../../store/select-monitor.js';
import {selectNow, selectTitle} from '../../store/select-header.js';
import {selectTabs} from '../../store/select-tabs.js';
import {selectTree} from '../../store/select-tree.js';
import type {PaneName} from '../../store/view-state.js';
import {screenFooter} from '../input/screen-footer.js';
import {layoutDeploy, type DeployLayout} from '../layout/size-class.js';
import {RowsPane} from '../panes/rows-pane.js';

type DeployScreenProps = {readonly snapshot: Snapshot};

const treeRows = (snapshot: Snapshot, width: number, height: number): readonly Row[] => {
	const {rows, selected} = selectTree(snapshot, width);
	return scrollRows(rows, height, selected);
};

const paneHeader = (title: string, isFocused: boolean): Row => [span(isFocused ? '▸' : ' ', 'accent'), span(title, isFocused ? 'strong' : 'plain')];

const laneRows = (snapshot: Snapshot, lane: 'A' | 'B', width: number): readonly Row[] => {
	const view = selectLane(snapshot, lane);
	return view ? phasePane(view, snapshot, width, snapshot.view.focus === (lane === 'A' ? 'lane-a' : 'lane-b')) : [rowOf(` This window has no lane ${lane}.`, 'dim')];
};

/** Rows of the panes beside the tree: two lanes share the height, one phase takes all of it. */
export const sideRows = (snapshot: Snapshot, width: number, height: number, isSideBySide: boolean): readonly Row[] => {
	const phases = selectPanePhases(snapshot);
	const {focus} = snapshot.view;
	const isFocused = (index: number): boolean => (phases.length === 1 ? focus === 'lane-a' || focus === 'lane-b' : focus === (index === 0 ? 'lane-a' : 'lane-b'));
	if (phases.length === 2 && isSideBySide) {
		const left = Math.floor((width - 1) / 2);
		const panes = phases.map((phase, index) => phasePane(phase, snapshot, index === 0 ? left : width - 1 - left, isFocused(index)));
		return Array.from({length: height}, (_, index) => [...padRow(panes[0]?.[index] ?? emptyRow, left), span('│', 'dim'), ...(panes[1]?.[index] ?? emptyRow)]);
	}

	const panes = phases.map((phase, index) => phasePane(phase, snapshot, width, isFocused(index)));
	const [first = [], second] = panes;
	if (!second) {
		return first;
	}

	const firstHeight = Math.max(Math.min(first.length, height - 1 - Math.min(second.length, Math.floor(height / 2))), 1);
	return [...first.slice(0, firstHeight), ruleRow(width), ...second];
};

const tabBody = (snapshot: Snapshot, pane: PaneName, layout: DeployLayout): readonly Row[] => {
	switch (pane) {
		case 'tree': {
			return treeRows(snapshot, layout.columns, layout.body);
		}

		case 'lane-a': {
			return laneRows(snapshot, 'A', layout.columns);
		}

		case 'lane-b': {
			return laneRows(snapshot, 'B', layout.columns);
		}

		case 'log': {
			return [logHeader(snapshot, layout.columns, true), ...selectLog(snapshot, layout.columns, layout.body - 1)];
		}

		case 'monitor': {
			return selectMonitor(snapshot, layout.columns, layout.body);
		}
	}
};

const TabsScreen = ({snapshot, layout}: DeployScreenProps & {readonly layout: DeployLayout}) => {
	const {columns} = layout;
	const rule = ruleRow(columns);
	const message = selectMessage(snapshot, columns);
	const body = layout.body - Math.max(0, message.length - 1);
	const rows: readonly Row[] = [
		selectTitle(snapshot, columns),
		selectNow(snapshot, columns),
		selectTabs(snapshot, columns),
		rule,
		...scrollRows(tabBody(snapshot, snapshot.view.focus, {...layout, body}), body, 0),
		rule,
		...scrollRows(selectLog({...snapshot, view: {...snapshot.view, log: {kind: 'following'}, filter: '', search: ''}}, columns, layout.log), layout.log, 0),
		...(message.length > 0 ? message : [emptyRow]),
		rule,
		screenFooter(snapshot, columns),
	];
	return <RowsPane rows={rows} width={columns} height={layout.rows}/>;
};

const ZoomedScreen = ({snapshot, layout}: DeployScreenProps & {readonly layout: DeployLayout}) => {
	const {columns, rows} = layout;
	const {focus} = snapshot.view;
	const height = rows - 1;
	// No borders: what the terminal's own selection copies is the text and nothing else.
	const body = focus === 'log' ? selectLog(snapshot, columns, height) : tabBody(snapshot, focus, {...layout, body: height});
	return <RowsPane rows={[...scrollRows(body, height, 0), screenFooter(snapshot, columns)]} width={columns} height={rows}/>;
};

export const DeployScreen = ({snapshot}: DeployScreenProps) => {
	const layout = layoutDeploy(snapshot.size);
	const {columns, body, tree, side, log} = layout;
	if (snapshot.view.isZoomed) {
		return <ZoomedScreen snapshot={snapshot} layout={layout}/>;
	}

	if (layout.sizeClass === 'tabs') {
		return <TabsScreen snapshot={snapshot} layout={layout}/>;
	}

	const {focus} = snapshot.view;
	const message = selectMessage(snapshot, columns);
	const lines = log - message.length;
	const treePane = [paneHeader('Window', focus === 'tree'), ...treeRows(snapshot, tree, body - 1)];
	const sideBySide = layout.sizeClass === 'broad';
	const isLaneShown = layout.sizeClass !== 'columns' || selectPanePhases(snapshot).length === 1;
	const sidePane = isLaneShown ? sideRows(snapshot, side, body, sideBySide) : laneRows(snapshot, focus === 'lane-b' ? 'B' : 'A', side);
	return (
		<Box flexDirection='column' width={columns} height={layout.rows} overflow='hidden'>
			<RowsPane rows={[selectTitle(snapshot, columns), selectNow(snapshot, columns)]} width={columns} height={2}/>
			<Box height={body} overflow='hidden'>
				<RowsPane rows={treePane} width={tree} height={body}/>
				<RowsPane rows={Array.from({length: body}, () => rowOf('│', 'dim'))} width={1} height={body}/>
				<RowsPane rows={sidePane} width={side} height={body}/>
			</Box>
			<RowsPane
				rows={[ruleRow(columns, {at: tree, mark: '┴'}), logHeader(snapshot, columns, focus === 'log'), ...scrollRows(selectLog(snapshot, columns, lines), lines, 0), ...message, ruleRow(columns), screenFooter(snapshot, columns)]}
				width={columns}
				height={log + 4}
			/>
		</Box>
	);
};

