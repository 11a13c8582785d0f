// The screens around the deploy screen: each one a header, a body and the keys.
import {diffRows, blastRows, differenceRows, gateRows, productionHeader, selectProduction} from '../../store/select-production.js';
import {failureHeader, runningElsewhere, selectFailure} from '../../store/select-failure.js';
import {discardText, footerRow} from '../../store/select-footer.js';
import {monitorHeader, narrowMonitorHeader, selectMonitor, flagRows} from '../../store/select-monitor.js';
import {detailRows, quitRows, resumeHeader, resumeRows} from '../../store/select-overlay.js';
import {rollbackHeader, selectRollback} from '../../store/select-rollback.js';
import {emptyRow, rowOf, span, spreadRow, type Row} from '../../store/row.js';
import {frontQuestion, type Snapshot} from '../../store/snapshot.js';
import {selectFlash} from '../../store/select-flash.js';
import type {OverlayName} from '../../store/view-state.js';
import {helpRows} from '../input/help-rows.js';
import {screenFooter} from '../input/screen-footer.js';
import {SamplesTable} from '../panes/samples-table.js';
import {ScreenFrame} from './screen-frame.js';

type ScreenProps = {readonly snapshot: Snapshot};

export const ProductionScreen = ({snapshot}: ScreenProps) => {
	const {columns, rows} = snapshot.size;
	const question = frontQuestion(snapshot);
	if (question?.kind !== 'production') {
		return null;
	}

	const header = productionHeader(snapshot, columns);
	const hints = [{key: 'tab', text: 'differences, gate, blast radius'}, {key: 'Esc', text: 'back', stays: true}];
	return <ScreenFrame size={snapshot.size} header={header} body={selectProduction(question, snapshot, columns, rows - 1 - header.length - 3)} footer={footerRow(hints, discardText(snapshot), columns)}/>;
};

export const FailureScreen = ({snapshot}: ScreenProps) => {
	const {columns, rows} = snapshot.size;
	const question = frontQuestion(snapshot);
	if (question?.kind !== 'failure') {
		return null;
	}

	const header = failureHeader(question, snapshot, columns);
	return <ScreenFrame size={snapshot.size} header={header} body={selectFailure(question, snapshot, columns, rows - 1 - header.length - 3)} footer={screenFooter(snapshot, columns, rowOf(runningElsewhere(snapshot), 'dim'))}/>;
};

export const MonitorScreen = ({snapshot}: ScreenProps) => {
	const {columns, rows} = snapshot.size;
	const isNarrow = columns < 80;
	const header = isNarrow ? narrowMonitorHeader(snapshot, columns) : monitorHeader(snapshot, columns);
	const flash = selectFlash(snapshot, columns);
	const height = rows - 1 - header.length - 3 - (flash.length > 0 ? 1 : 0);
	const body = selectMonitor(snapshot, columns, height);
	const filled = [...body, ...Array.from({length: Math.max(0, height - body.length)}, () => emptyRow), ...(flash.length > 0 ? [flash] : [])];
	return <ScreenFrame size={snapshot.size} header={header} body={filled} footer={screenFooter(snapshot, columns, isNarrow ? emptyRow : undefined)}/>;
};

export const RollbackScreen = ({snapshot}: ScreenProps) => {
	const {columns} = snapshot.size;
	const isAsking = frontQuestion(snapshot)?.kind === 'rollback' && !snapshot.isReadOnly;
	const footer = isAsking
		? footerRow([{key: 'enter', text: snapshot.view.editing === 'phrase' ? 'roll back' : 'on to the phrase'}, {key: 'Esc', text: 'back', stays: true}], discardText(snapshot), columns)
		: screenFooter(snapshot, columns, snapshot.run.phase === 'finished' ? undefined : rowOf('Ctrl-C stops after this table', 'dim'));
	return <ScreenFrame size={snapshot.size} header={rollbackHeader(snapshot, columns)} body={selectRollback(snapshot, columns)} footer={footer}/>;
};

export const ResumeScreen = ({snapshot}: ScreenProps) => {
	const {columns} = snapshot.size;
	return <ScreenFrame size={snapshot.size} header={resumeHeader(snapshot, columns)} body={resumeRows(snapshot, columns)} footer={screenFooter(snapshot, columns)}/>;
};

const overlayTitles: {readonly [Name in OverlayName]: string} = {
	help: 'KEYS',
	details: 'DETAILS',
	differences: 'DIFFERENCES',
	gate: 'GATE EVIDENCE',
	'blast-radius': 'BLAST RADIUS',
	why: 'WHY',
	table: 'SAMPLES',
	quit: 'LEAVE?',
};

const overlayRows = (snapshot: Snapshot, overlay: OverlayName, width: number): readonly Row[] => {
	const question = frontQuestion(snapshot);
	switch (overlay) {
		case 'help': {
			return helpRows(snapshot, width);
		}

		case 'details': {
			return detailRows(snapshot, width);
		}

		case 'differences': {
			if (question?.kind === 'production') {
				return differenceRows(question.detail.differences, width);
			}

			return question?.kind === 'failure' && question.diff !== undefined ? diffRows(question.diff, width) : [rowOf('  No differences.', 'dim')];
		}

		case 'gate': {
			return gateRows(snapshot, width);
		}

		case 'blast-radius': {
			return question?.kind === 'production' ? blastRows(question, width) : [rowOf('  Nothing is asked.', 'dim')];
		}

		case 'why': {
			const {flags} = snapshot.run.monitor ?? {flags: []};
			return flags.length === 0 ? [rowOf('  No rule has been evaluated yet.', 'dim')] : flagRows(flags, width, true);
		}

		case 'table': {
			return [];
		}

		case 'quit': {
			return quitRows(snapshot);
		}
	}
};

export const OverlayScreen = ({snapshot, overlay}: ScreenProps & {readonly overlay: OverlayName}) => {
	const {columns, rows} = snapshot.size;
	if (overlay === 'table') {
		return <SamplesTable snapshot={snapshot}/>;
	}

	const all = overlayRows(snapshot, overlay, columns);
	const height = Math.max(1, rows - 5);
	const top = Math.min(snapshot.view.overlayTop, Math.max(0, all.length - height));
	const more = all.length - top - height;
	const header = [spreadRow([span(' eros  ', 'strong'), span(overlayTitles[overlay], 'strong')], [span(more > 0 ? `${more} more ↓` : '', 'dim')], columns)];
	return <ScreenFrame size={snapshot.size} header={header} body={all.slice(top, top + height)} footer={screenFooter(snapshot, columns)}/>;
};

