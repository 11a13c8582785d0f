// A second view of a run, through the real socket of a real supervisor, while a first one drives and does nothing.
import {randomBytes} from 'node:crypto';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {serveRun} from '../../source/supervisor/serve.js';
import {connectSession, type RemoteSession} from '../../source/supervisor/remote-session.js';
import {createToken} from '../../source/supervisor/endpoint.js';
import type {World} from './world.js';

export type Join = {
	/** What shows the second view. */
	readonly kind: 'screen' | 'plain';
	/** The second view drives: nobody else is there. */
	readonly drives: boolean;
	readonly isReadOnly: boolean;
};

export type Joined = {
	readonly session: RemoteSession;
	/** Settles only when the supervisor has heard all that the view said, and the view all that came of it. */
	readonly world: World;
	readonly close: () => Promise<void>;
};

const connect = async (endpoint: {readonly socket: string; readonly token: string}, kind: string, isReadOnly: boolean): Promise<RemoteSession> => {
	const session = await connectSession({endpoint, actor: `${kind} view`, kind, isReadOnly, exitCodeOf: () => 7});
	if (session === undefined) {
		throw new Error('nobody answers at the socket');
	}

	return session;
};

/** Puts a supervisor between a run and its views, and joins as one of them. */
export const joinRun = async (world: World, {kind, drives, isReadOnly}: Join): Promise<Joined> => {
	const endpoint = {socket: path.join(tmpdir(), `eros-fuzz-${randomBytes(6).toString('hex')}.sock`), token: createToken()};
	const server = await serveRun(endpoint);
	server.adopt(world.session);
	const driver = drives ? undefined : await connect(endpoint, 'screen', false);
	const session = await connect(endpoint, kind, isReadOnly);
	let sent = 0;
	let heard = 0;
	let wake: (() => void) | undefined;
	// A review is refused here whoever asks for it, and no key leads to one: its refusal comes back behind all else.
	session.subscribe(({type, data}) => {
		if (type === 'intent.refused' && data.intent === 'review') {
			heard += 1;
			wake?.();
		}
	});
	const settle = async (): Promise<void> => {
		await world.settle();
		if (world.session.state().phase !== 'finished') {
			sent += 1;
			session.dispatch({type: 'review', checkpoint: 'hour-1' as never, note: 'sentinel'});
			while (heard < sent) {
				await new Promise<void>(resolve => {
					wake = resolve;
				});
			}
		}

		await world.settle();
	};

	await settle();
	return {
		session,
		world: {...world, settle},
		async close() {
			driver?.leave();
			session.leave();
			await server.close();
		},
	};
};
