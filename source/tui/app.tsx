// The whole screen as a function of the snapshot. The only component that reads the store.
import {Box, Text} from 'ink';
import Spinner from 'ink-spinner';
import {useSyncExternalStore} from 'react';
import type {AppStore} from '../store/app-store.js';
import {tooSmallRow} from '../store/select-overlay.js';
import {screenOf, type Snapshot} from '../store/snapshot.js';
import {sizeClassOf} from './layout/size-class.js';
import {RowsPane} from './panes/rows-pane.js';
import {GlyphContext} from './parts/glyph-context.js';
import {DeployScreen} from './screens/deploy-screen.js';
import {OverlayScreen} from './screens/overlay-screen.js';
import {FailureScreen, MonitorScreen, ProductionScreen, ResumeScreen, RollbackScreen} from './screens/run-screens.js';

type ScreenProps = {readonly snapshot: Snapshot};

const Opening = ({snapshot: {size}}: ScreenProps) => (
	<Box width={size.columns} height={size.rows - 1} overflow='hidden'>
		<Text> <Spinner type='line'/> eros-tui: opening the run</Text>
	</Box>
);

const Current = ({snapshot}: ScreenProps) => {
	switch (screenOf(snapshot)) {
		case 'production': {
			return <ProductionScreen snapshot={snapshot}/>;
		}

		case 'failure': {
			return <FailureScreen snapshot={snapshot}/>;
		}

		case 'monitor': {
			return <MonitorScreen snapshot={snapshot}/>;
		}

		case 'rollback': {
			return <RollbackScreen snapshot={snapshot}/>;
		}

		case 'resume': {
			return <ResumeScreen snapshot={snapshot}/>;
		}

		case 'deploy': {
			return <DeployScreen snapshot={snapshot}/>;
		}
	}
};

/** One frame for one snapshot: at most `rows - 1` rows of at most `columns` cells, whatever the size. */
export const Frame = ({snapshot, isAscii = false}: ScreenProps & {readonly isAscii?: boolean}) => {
	const {size, view, run} = snapshot;
	const content = (): React.ReactNode => {
		if (sizeClassOf(size) === 'small') {
			return <RowsPane rows={[tooSmallRow(snapshot)]} width={size.columns} height={Math.max(1, Math.min(1, size.rows - 1))}/>;
		}

		if (run.lastSeq === 0) {
			return <Opening snapshot={snapshot}/>;
		}

		return view.overlay ? <OverlayScreen snapshot={snapshot} overlay={view.overlay}/> : <Current snapshot={snapshot}/>;
	};

	return <GlyphContext.Provider value={isAscii}>{content()}</GlyphContext.Provider>;
};

type AppProps = {readonly store: AppStore; readonly isAscii: boolean};

export const App = ({store, isAscii}: AppProps) => {
	const snapshot = useSyncExternalStore(store.subscribe, store.getSnapshot);
	return <Frame snapshot={snapshot} isAscii={isAscii}/>;
};
