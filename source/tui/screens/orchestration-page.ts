// The progress of many pages as a page. Ctrl-C asks the run to stop; what is under way gives its locks back first.
import {footerRow} from '../../store/select-footer.js';
import {orchestrationHeader, orchestrationRows, type OrchestrationView} from '../../store/select-orchestration.js';
import {rowOf} from '../../store/row.js';
import type {TerminalSize} from '../../terminal/size.js';
import type {PageFrame, PageStep} from '../mount-page.js';

/** One frame of the progress. */
export const drawOrchestration = (view: OrchestrationView, {columns, rows}: TerminalSize, beat: number): PageFrame => {
	const header = orchestrationHeader(view, columns);
	const right = rowOf(view.isStopping ? 'Stopping: locks are given back' : 'the schedules are saved page by page', view.isStopping ? 'warn' : 'dim');
	return {header, body: orchestrationRows(view, columns, rows - 1 - header.length - 3, beat), footer: footerRow([{key: 'Ctrl-C or q', text: 'stop', stays: true}], right, columns)};
};

/** Ctrl-C and q stop the run; nothing else is a key here. */
export const orchestrationKey = (stop: () => void) => (_view: OrchestrationView, key: string): PageStep<OrchestrationView> => {
	if (key === 'ctrl-c' || key === 'q') {
		stop();
	}

	return {};
};
