// A run seen through its supervisor's socket: the same session a presenter would hold in one process.
import {connect as connectSocket} from 'node:net';
import type {JournaledEvent} from '../domain/events.js';
import {initialRunState, reduce} from '../domain/run-reducer.js';
import type {RunState} from '../domain/run-state.js';
import type {Session} from '../ports/session.js';
import type {Endpoint} from './endpoint.js';
import {createLineReader, readSupervisorMessage, writeMessage, type SupervisorMessage} from './protocol.js';
import {settleable} from './settleable.js';

/** How a connection ended. `lost`: the supervisor is gone without a word. */
export type RemoteEnd =
	| {readonly kind: 'over'; readonly exitCode: number}
	| {readonly kind: 'failed'; readonly exitCode: number; readonly text: string}
	| {readonly kind: 'suspended'; readonly reason: string}
	| {readonly kind: 'left'}
	| {readonly kind: 'lost'};

export type RemoteSession = Session & {
	readonly view: string;
	/** Resolves when the run has events to show, or when it came to nothing. */
	readonly begun: Promise<RemoteEnd | undefined>;
	readonly ended: Promise<RemoteEnd>;
	/** Closes this view; the run does not notice more than that. */
	readonly leave: () => void;
};

export type ConnectOptions = {
	readonly endpoint: Pick<Endpoint, 'socket' | 'token'>;
	readonly actor: string;
	/** `screen`, `plain`, `accessible`, `json`, `command`. */
	readonly kind: string;
	readonly isReadOnly: boolean;
	/** Talk of the supervisor before the run begins. */
	readonly onSaid?: (text: string) => void;
	/** The exit code of `finished` for an end that is not the run's own. */
	readonly exitCodeOf: (end: Exclude<RemoteEnd, {readonly kind: 'over' | 'failed'}>) => number;
};

/**
 * Connects to a supervisor.
 * @returns undefined when nobody listens there, or the token is not its.
 */
export const connectSession = async (options: ConnectOptions): Promise<RemoteSession | undefined> => {
	const {endpoint, actor, kind, isReadOnly} = options;
	const socket = connectSocket(endpoint.socket);
	socket.setEncoding('utf8');
	const past: JournaledEvent[] = [];
	const listeners = new Set<(event: JournaledEvent) => void>();
	let state: RunState = initialRunState;
	let end: RemoteEnd | undefined;
	const welcome = settleable<string | undefined>();
	const begun = settleable<RemoteEnd | undefined>();
	const ended = settleable<RemoteEnd>();
	const endAs = (how: RemoteEnd): void => {
		end ??= how;
	};

	const hear = (message: SupervisorMessage): void => {
		switch (message.type) {
			case 'welcome': {
				welcome.resolve(message.view);
				return;
			}

			case 'said': {
				options.onSaid?.(message.text);
				return;
			}

			case 'event': {
				past.push(message.event);
				state = reduce(state, message.event);
				for (const listener of listeners) {
					listener(message.event);
				}

				begun.resolve(undefined);
				return;
			}

			case 'over': {
				endAs({kind: 'over', exitCode: message.exitCode});
				return;
			}

			case 'failed': {
				endAs({kind: 'failed', exitCode: message.exitCode, text: message.text});
				return;
			}

			case 'suspended': {
				endAs({kind: 'suspended', reason: message.reason});
			}
		}
	};

	socket.on('connect', () => socket.write(writeMessage({type: 'hello', token: endpoint.token, actor, kind, isReadOnly})));
	socket.on('data', createLineReader(line => hear(readSupervisorMessage(line)), () => socket.destroy(), Number.POSITIVE_INFINITY));
	socket.on('error', () => socket.destroy());
	socket.on('end', () => socket.end());
	socket.on('close', () => {
		endAs({kind: 'lost'});
		welcome.resolve(undefined);
		begun.resolve(end);
		ended.resolve(end!);
	});
	const view = await welcome.promise;
	if (view === undefined) {
		return undefined;
	}

	const finish = async (): Promise<number> => {
		const how = await ended.promise;
		return how.kind === 'over' || how.kind === 'failed' ? how.exitCode : options.exitCodeOf(how);
	};

	return {
		view,
		begun: begun.promise,
		ended: ended.promise,
		finished: finish(),
		state: () => state,
		subscribe(listener) {
			for (const event of [...past]) {
				listener(event);
			}

			listeners.add(listener);
			return {[Symbol.dispose]: () => listeners.delete(listener)};
		},
		dispatch(intent) {
			if (!socket.destroyed) {
				socket.write(writeMessage({type: 'intent', intent}));
			}
		},
		leave() {
			endAs({kind: 'left'});
			socket.end();
			socket.destroySoon();
		},
	};
};
