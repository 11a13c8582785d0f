// The supervisor's side of the socket. Any number of views watch; one drives. What a view may do is decided here, and
// who drove when is recorded in the run itself.
import {timingSafeEqual} from 'node:crypto';
import {chmod, unlink} from 'node:fs/promises';
import {createServer, type Server, type Socket} from 'node:net';
import type {ControlEvent} from '../domain/events.js';
import type {Intent} from '../domain/intents.js';
import type {Session} from '../ports/session.js';
import {createLineReader, readViewMessage, writeMessage, type SupervisorMessage, type ViewMessage} from './protocol.js';

/** A run that lets its supervisor write down who looks and who drives. */
export type SupervisedSession = Session & {readonly record: (event: ControlEvent) => void};

export type SupervisorServer = {
	/** Talk for the views that are there, and for those that come before the run begins. */
	readonly say: (text: string) => void;
	/** The run has begun: views get its events from here on. */
	readonly adopt: (session: SupervisedSession) => void;
	readonly fail: (exitCode: number, text: string) => void;
	readonly suspend: (reason: string) => void;
	readonly over: (exitCode: number) => void;
	/** How many views are connected. */
	readonly views: () => number;
	/** Sends what is left, closes every connection and removes the socket. */
	readonly close: () => Promise<void>;
};

type Guest = {
	readonly socket: Socket;
	id?: string;
	actor: string;
	kind: string;
	isReadOnly: boolean;
	events?: Disposable;
	/** The run is paused for a menu of this view. */
	isHolding?: boolean;
};

/** A view that does not read (a stopped process) is let go before it costs memory; it can attach again. */
const maximumBacklog = 64 << 20;
const closePatienceMs = 2000;

const isSame = (given: string, token: string): boolean => {
	const [a, b] = [Buffer.from(given), Buffer.from(token)];
	return a.length === b.length && timingSafeEqual(a, b);
};

class Supervisor {
	readonly #token: string;
	readonly #guests = new Set<Guest>();
	readonly #said: string[] = [];
	#session: SupervisedSession | undefined;
	#last: SupervisorMessage | undefined;
	/** The view that drives. The journal learns of it a moment later; what counts is decided here, in one place. */
	#wheel: string | undefined;
	#count = 0;

	constructor(token: string) {
		this.#token = token;
	}

	get views(): number {
		return [...this.#guests].filter(({id}) => id !== undefined).length;
	}

	get guests(): ReadonlySet<Guest> {
		return this.#guests;
	}

	readonly connect = (socket: Socket): void => {
		const guest: Guest = {socket, actor: '', kind: '', isReadOnly: true};
		this.#guests.add(guest);
		socket.setEncoding('utf8');
		socket.on('error', () => socket.destroy());
		socket.on('close', () => this.#leave(guest, 'closed'));
		socket.on('data', createLineReader(line => this.#hear(guest, line), () => socket.destroy()));
	};

	say(text: string): void {
		this.#said.push(text);
		this.#tellAll({type: 'said', text});
	}

	adopt(session: SupervisedSession): void {
		this.#session = session;
		for (const guest of this.#guests) {
			if (guest.id !== undefined) {
				this.#show(guest);
			}
		}
	}

	end(message: SupervisorMessage): void {
		this.#last = message;
		this.#tellAll(message);
	}

	#tellAll(message: SupervisorMessage): void {
		for (const guest of this.#guests) {
			if (guest.id !== undefined) {
				this.#send(guest, message);
			}
		}
	}

	#send({socket}: Guest, message: SupervisorMessage): void {
		if (socket.destroyed) {
			return;
		}

		socket.write(writeMessage(message));
		if (socket.writableLength > maximumBacklog) {
			socket.destroy();
		}
	}

	#hear(guest: Guest, line: string): void {
		let message: ViewMessage;
		try {
			message = readViewMessage(line);
		} catch {
			// Whoever speaks something else is no view of ours.
			guest.socket.destroy();
			return;
		}

		if (message.type === 'hello') {
			if (guest.id !== undefined || !isSame(message.token, this.#token)) {
				guest.socket.destroy();
				return;
			}

			this.#count += 1;
			guest.id = `v${this.#count}`;
			guest.actor = message.actor;
			guest.kind = message.kind;
			guest.isReadOnly = message.isReadOnly;
			this.#send(guest, {type: 'welcome', view: guest.id});
			// What was said before the run began is old news to whoever comes later.
			for (const text of this.#session === undefined ? this.#said : []) {
				this.#send(guest, {type: 'said', text});
			}

			this.#show(guest);
			if (this.#last !== undefined) {
				this.#send(guest, this.#last);
			}

			return;
		}

		if (guest.id === undefined) {
			guest.socket.destroy();
			return;
		}

		this.#act(guest, guest.id, message.intent);
	}

	/** Sends a view the run from its beginning, and gives it the wheel where nobody has it. */
	#show(guest: Guest): void {
		const session = this.#session;
		if (session === undefined || guest.id === undefined || guest.events !== undefined) {
			return;
		}

		const {id, actor, kind, isReadOnly} = guest;
		guest.events = session.subscribe(event => this.#send(guest, {type: 'event', event}));
		session.record({type: 'view.joined', data: {id, actor, kind, isReadOnly}});
		if (!isReadOnly && kind !== 'command' && this.#driver() === undefined) {
			this.#pass({to: id, actor, reason: 'nobody drove'});
		}
	}

	#driver(): Guest | undefined {
		return [...this.#guests].find(guest => guest.id !== undefined && guest.id === this.#wheel);
	}

	#act(guest: Guest, id: string, intent: Intent): void {
		const session = this.#session;
		if (session === undefined) {
			return;
		}

		const {actor} = guest;
		const refuse = (reason: string): void => session.record({type: 'intent.refused', data: {intent: intent.type, reason}});
		if (guest.isReadOnly) {
			refuse(`${actor} watches read-only (${id})`);
			return;
		}

		// `eros-tui abort` is how a run is stopped from outside: whoever holds the token may, and the journal says who did.
		if (guest.kind === 'command' && (intent.type === 'drain' || intent.type === 'cancel')) {
			session.dispatch(intent, actor);
			return;
		}

		const driver = this.#driver();
		if (intent.type === 'ask-for-control') {
			if (driver === undefined) {
				this.#pass({to: id, actor, reason: 'nobody drove'});
			} else if (driver.id !== id) {
				session.record({type: 'control.asked', data: {view: id, actor}});
			}

			return;
		}

		if (driver?.id !== id) {
			refuse(driver === undefined ? 'nobody drives this run; ask for the wheel first' : `${driver.actor} drives this run (${driver.id}); ask for the wheel first`);
			return;
		}

		if (intent.type === 'hand-over') {
			const wanted = intent.to ?? session.state().controlAskedBy;
			const next = [...this.#guests].find(other => other.id !== undefined && other.id === wanted && !other.isReadOnly);
			if (next?.id === undefined) {
				refuse('nobody asked for the wheel; in the other pane: eros-tui attach, then H');
				return;
			}

			this.#pass({from: id, to: next.id, actor: next.actor, reason: `handed over by ${actor}`});
			return;
		}

		// A phrase is typed by a person at a terminal; a view of lines may sit behind a pipe.
		if (intent.type === 'confirm' && guest.kind !== 'screen') {
			refuse(`a phrase is typed on the screen, and ${id} is none; in a terminal: eros-tui attach, then H`);
			return;
		}

		if (intent.type === 'pause' || intent.type === 'unpause') {
			guest.isHolding = intent.type === 'pause' && intent.isHeld === true;
		}

		session.dispatch(intent, actor);
	}

	#pass(data: Extract<ControlEvent, {readonly type: 'control.passed'}>['data']): void {
		this.#wheel = data.to;
		this.#session?.record({type: 'control.passed', data});
	}

	#leave(guest: Guest, reason: string): void {
		this.#guests.delete(guest);
		guest.events?.[Symbol.dispose]();
		if (guest.id === undefined || guest.events === undefined) {
			return;
		}

		if (this.#wheel === guest.id) {
			this.#wheel = undefined;
		}

		if (guest.isHolding === true) {
			this.#session?.dispatch({type: 'unpause'}, guest.actor);
		}

		this.#session?.record({type: 'view.left', data: {id: guest.id, reason}});
	}
}

/**
 * Listens for views on a socket of mode 0600.
 * @throws when the socket can't be made.
 */
export const serveRun = async (options: {readonly socket: string; readonly token: string}): Promise<SupervisorServer> => {
	const supervisor = new Supervisor(options.token);
	const server: Server = createServer(supervisor.connect);
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(options.socket, resolve);
	});
	await chmod(options.socket, 0o600);
	return {
		say: text => supervisor.say(text),
		adopt: session => supervisor.adopt(session),
		fail: (exitCode, text) => supervisor.end({type: 'failed', exitCode, text}),
		suspend: reason => supervisor.end({type: 'suspended', reason}),
		over: exitCode => supervisor.end({type: 'over', exitCode}),
		views: () => supervisor.views,
		async close() {
			const closed = new Promise<void>(resolve => {
				server.close(() => resolve());
			});
			for (const {socket} of supervisor.guests) {
				socket.end();
				// A view that never reads does not hold the supervisor.
				socket.setTimeout(closePatienceMs, () => socket.destroy());
			}

			await closed;
			await unlink(options.socket).catch(() => undefined);
		},
	};
};
