// What lies over a screen: help, details, evidence, previews, and the dialogs before leaving.
import {emptyRow, rowOf, span, spreadRow, type Row} from '../../store/row.js';
import {componentRows} from '../../store/select-components.js';
import {selectFlash, questionRows} from '../../store/select-flash.js';
import {selectNow} from '../../store/select-header.js';
import {jobOverlayRows} from '../../store/select-job.js';
import {quitRows, stopRows} from '../../store/select-leaving.js';
import {messageRows} from '../../store/select-messages.js';
import {flagRows} from '../../store/select-monitor.js';
import {detailRows} from '../../store/select-overlay.js';
import {blastRows, differenceRows, diffRows, gateRows} from '../../store/select-production.js';
import {whatIfRows} from '../../store/select-what-if.js';
import {frontQuestion, type Snapshot} from '../../store/snapshot.js';
import type {OverlayName} from '../../store/view-state.js';
import {helpRows} from '../input/help-rows.js';
import {screenFooter} from '../input/screen-footer.js';
import {SamplesTable} from '../panes/samples-table.js';
import {ScreenFrame} from './screen-frame.js';

type OverlayProps = {readonly snapshot: Snapshot; readonly overlay: OverlayName};

const titles: {readonly [Name in OverlayName]: string} = {
	help: 'KEYS',
	details: 'DETAILS',
	differences: 'DIFFERENCES',
	gate: 'GATE EVIDENCE',
	'blast-radius': 'BLAST RADIUS',
	why: 'WHY',
	'what-if': 'WHAT IF',
	table: 'SAMPLES',
	job: 'JOB',
	messages: 'WHAT PEOPLE ARE TOLD',
	question: 'ATTESTATION',
	components: 'ROLL BACK WHAT?',
	quit: 'LEAVE?',
	stop: 'STOP?',
};

/** Dialogs keep the line that says what is true of production. */
const isDialog = (overlay: OverlayName): boolean => overlay === 'quit' || overlay === 'stop' || overlay === 'components';

const differencesOf = (snapshot: Snapshot, width: number): readonly Row[] => {
	const question = frontQuestion(snapshot);
	if (question?.kind === 'production') {
		return differenceRows(question.detail.differences, width);
	}

	return question?.kind === 'failure' && question.diff !== undefined ? diffRows(question.diff, width) : [rowOf('  No differences.', 'dim')];
};

const rowsOf = (snapshot: Snapshot, overlay: OverlayName, width: number, height: number): readonly Row[] => {
	switch (overlay) {
		case 'help': {
			return helpRows(snapshot, width);
		}

		case 'details': {
			return detailRows(snapshot, width);
		}

		case 'differences': {
			return differencesOf(snapshot, width);
		}

		case 'gate': {
			return gateRows(snapshot, width);
		}

		case 'blast-radius': {
			const question = frontQuestion(snapshot);
			return question?.kind === 'production' ? blastRows(question, width) : [rowOf('  Nothing is asked.', 'dim')];
		}

		case 'why': {
			const {flags} = snapshot.run.monitor ?? {flags: []};
			return flags.length === 0 ? [rowOf('  No rule has been evaluated yet.', 'dim')] : flagRows(flags, width, true);
		}

		case 'what-if': {
			return whatIfRows(snapshot, width);
		}

		case 'job': {
			return jobOverlayRows(snapshot, width);
		}

		case 'messages': {
			return messageRows(snapshot, width);
		}

		case 'question': {
			return questionRows(snapshot, width);
		}

		case 'components': {
			return componentRows(snapshot, width, height);
		}

		case 'quit': {
			return quitRows(snapshot, width);
		}

		case 'stop': {
			return stopRows(snapshot, width);
		}

		case 'table': {
			return [];
		}
	}
};

/** A whole screen of text that scrolls, the last message at its bottom. */
export const OverlayScreen = ({snapshot, overlay}: OverlayProps) => {
	const {size, view} = snapshot;
	const {columns, rows} = size;
	if (overlay === 'table') {
		return <SamplesTable snapshot={snapshot}/>;
	}

	const flash = view.flash ? selectFlash({...snapshot, view: {...view, editing: undefined}}, columns) : emptyRow;
	const height = Math.max(1, rows - 5 - (isDialog(overlay) ? 1 : 0) - (flash.length > 0 ? 1 : 0));
	const all = rowsOf(snapshot, overlay, columns, height);
	const top = overlay === 'components' ? 0 : Math.min(view.overlayTop, Math.max(0, all.length - height));
	const more = all.length - top - height;
	const header = [spreadRow([span(' eros  ', 'strong'), span(titles[overlay], isDialog(overlay) ? 'warn' : 'strong')], [span(more > 0 ? `${more} more ↓` : '', 'dim')], columns), ...(isDialog(overlay) ? [selectNow(snapshot, columns)] : [])];
	const shown = all.slice(top, top + height);
	const body = flash.length > 0 ? [...shown, ...Array.from({length: height - shown.length}, () => emptyRow), flash] : shown;
	return <ScreenFrame size={size} header={header} body={body} footer={screenFooter(snapshot, columns)}/>;
};
