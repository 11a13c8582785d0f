// The screens around the deploy screen: each one a header, a body and the keys.
import {productionHeader, selectProduction} from '../../store/select-production.js';
import {failureHeader, runningElsewhere, selectFailure} from '../../store/select-failure.js';
import {discardText, footerRow} from '../../store/select-footer.js';
import {monitorHeader, narrowMonitorHeader, selectMonitor} from '../../store/select-monitor.js';
import {resumeHeader, selectResume} from '../../store/select-resume.js';
import {messagesInFront} from '../../store/select-messages.js';
import {rollbackHeader, selectRollback} from '../../store/select-rollback.js';
import {emptyRow, rowOf} from '../../store/row.js';
import {frontQuestion, type Snapshot} from '../../store/snapshot.js';
import {selectMessage} from '../../store/select-flash.js';
import {screenFooter} from '../input/screen-footer.js';
import {ScreenFrame} from './screen-frame.js';

type ScreenProps = {readonly snapshot: Snapshot};

export const ProductionScreen = ({snapshot}: ScreenProps) => {
	const {columns, rows} = snapshot.size;
	const question = frontQuestion(snapshot);
	if (question?.kind !== 'production') {
		return null;
	}

	const header = productionHeader(snapshot, columns);
	return <ScreenFrame size={snapshot.size} header={header} body={selectProduction(question, snapshot, columns, rows - 1 - header.length - 3)} footer={screenFooter(snapshot, columns, snapshot.view.discarded > 0 ? discardText(snapshot) : emptyRow)}/>;
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
	const message = selectMessage(snapshot, columns);
	const height = rows - 1 - header.length - 3 - message.length;
	const body = selectMonitor(snapshot, columns, height);
	const filled = [...body, ...Array.from({length: Math.max(0, height - body.length)}, () => emptyRow), ...message];
	return <ScreenFrame size={snapshot.size} header={header} body={filled} footer={screenFooter(snapshot, columns, isNarrow ? emptyRow : undefined)}/>;
};

export const RollbackScreen = ({snapshot}: ScreenProps) => {
	const {columns} = snapshot.size;
	const isAsking = frontQuestion(snapshot)?.kind === 'rollback' && !snapshot.isReadOnly;
	const footer = isAsking
		? footerRow([{key: 'enter', text: snapshot.view.editing === 'phrase' ? 'roll back' : 'on to the phrase'}, ...(messagesInFront(snapshot) ? [{key: 'tab', text: 'preview the message'}] : []), {key: 'Esc', text: 'back', stays: true}], discardText(snapshot), columns)
		: screenFooter(snapshot, columns, snapshot.run.phase === 'finished' ? undefined : rowOf('Ctrl-C stops after this table', 'dim'));
	return <ScreenFrame size={snapshot.size} header={rollbackHeader(snapshot, columns)} body={selectRollback(snapshot, columns)} footer={footer}/>;
};

export const ResumeScreen = ({snapshot}: ScreenProps) => {
	const {columns, rows} = snapshot.size;
	const header = resumeHeader(snapshot, columns);
	return <ScreenFrame size={snapshot.size} header={header} body={selectResume(snapshot, columns, rows - 1 - header.length - 3)} footer={screenFooter(snapshot, columns)}/>;
};
