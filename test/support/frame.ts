// A frame of a scenario at a size, as text.
import {EventEmitter} from 'node:events';
import {createElement} from 'react';
import {render} from 'ink';
import {createAppStore, type AppStore} from '../../source/store/app-store.js';
import type {Snapshot} from '../../source/store/snapshot.js';
import {Frame} from '../../source/tui/app.js';
import {ManualPace} from './manual-pace.js';
import {scenario, type ScenarioName} from './scenarios/index.js';
import {scenarioSession, type ScenarioSession} from './scenario-session.js';

class Capture extends EventEmitter {
	readonly isTTY = false;
	last = '';
	readonly columns: number;
	readonly rows: number;

	constructor(columns: number, rows: number) {
		super();
		this.columns = columns;
		this.rows = rows;
	}

	write(text: string): boolean {
		this.last = text;
		return true;
	}
}

/** Draws one snapshot; the size is that of the snapshot, never of the host. */
export const drawFrame = (snapshot: Snapshot, isAscii = false): string => {
	const {columns, rows} = snapshot.size;
	const capture = new Capture(columns, rows);
	const instance = render(createElement(Frame, {snapshot, isAscii}), {stdout: capture as unknown as NodeJS.WriteStream, debug: true, patchConsole: false, exitOnCtrlC: false});
	const frame = capture.last;
	instance.unmount();
	instance.cleanup();
	return frame;
};

// eslint-disable-next-line no-control-regex -- styles are what is taken away
export const withoutStyle = (frame: string): string => frame.replaceAll(/\u001B\[[\d;]*m/g, '');

export type Staged = {readonly store: AppStore; readonly pace: ManualPace; readonly session: ScenarioSession};

/** The store of a scenario at a size. */
export const stage = (name: ScenarioName, columns: number, rows: number, options: {readonly isReadOnly?: boolean; readonly view?: string} = {}): Staged => {
	const pace = new ManualPace();
	const session = scenarioSession(scenario(name));
	const store = createAppStore({source: session, pace, size: {columns, rows}, ...options});
	store.flush();
	return {store, pace, session};
};

/** Text of a scenario's frame at a size, right ends trimmed. */
export const frameOf = (name: ScenarioName, columns: number, rows: number): string => {
	const {store} = stage(name, columns, rows);
	const frame = withoutStyle(drawFrame(store.getSnapshot()));
	store[Symbol.dispose]();
	return frame.split('\n').map(line => line.trimEnd()).join('\n');
};
