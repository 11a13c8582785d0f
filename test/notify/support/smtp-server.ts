// A mail server on loopback that speaks enough SMTP, keeps what it gets and can be told to refuse or to hang up.
import {createServer, type Socket} from 'node:net';
import type {AddressInfo} from 'node:net';

export type ReceivedMail = {readonly from: string; readonly to: readonly string[]; readonly data: string};

export type SmtpServer = {
	readonly port: number;
	readonly received: ReceivedMail[];
	/** What happens to the next message: taken, refused with a code, or the line drops after the text was taken. */
	behaviour: 'accept' | 'refuse' | 'drop';
	readonly close: () => Promise<void>;
};

export const startSmtpServer = async (): Promise<SmtpServer> => {
	const received: ReceivedMail[] = [];
	const sockets = new Set<Socket>();
	const state: {behaviour: SmtpServer['behaviour']} = {behaviour: 'accept'};
	const server = createServer(socket => {
		sockets.add(socket);
		socket.on('error', () => {});
		let from = '';
		let to: string[] = [];
		let data: string[] | undefined;
		let pending = '';
		const say = (line: string): void => void socket.write(`${line}\r\n`);
		const finish = (): void => {
			received.push({from, to, data: data!.join('\r\n')});
			data = undefined;
			if (state.behaviour === 'drop') {
				socket.destroy();
			} else {
				say(state.behaviour === 'refuse' ? '554 5.7.1 refused' : `250 2.0.0 queued as ${received.length}`);
			}
		};

		const handle = (line: string): void => {
			if (data) {
				if (line === '.') {
					finish();
				} else {
					data.push(line.startsWith('..') ? line.slice(1) : line);
				}

				return;
			}

			const command = line.toUpperCase();
			if (command.startsWith('EHLO')) {
				say('250-loopback');
				say('250 SIZE 10000000');
			} else if (command.startsWith('MAIL FROM')) {
				from = /<(.*?)>/.exec(line)?.[1] ?? '';
				to = [];
				say('250 ok');
			} else if (command.startsWith('RCPT TO')) {
				to.push(/<(.*?)>/.exec(line)?.[1] ?? '');
				say('250 ok');
			} else if (command === 'DATA') {
				data = [];
				say('354 go on');
			} else if (command === 'QUIT') {
				say('221 bye');
				socket.end();
			} else {
				say('250 ok');
			}
		};

		socket.on('data', chunk => {
			pending += chunk.toString('utf8');
			for (let end = pending.indexOf('\r\n'); end !== -1; end = pending.indexOf('\r\n')) {
				const line = pending.slice(0, end);
				pending = pending.slice(end + 2);
				handle(line);
			}
		});
		socket.on('close', () => sockets.delete(socket));
		say('220 loopback ESMTP');
	});
	await new Promise<void>(resolve => {
		server.listen(0, '127.0.0.1', resolve);
	});
	return {
		port: (server.address() as AddressInfo).port,
		received,
		get behaviour() {
			return state.behaviour;
		},
		set behaviour(value) {
			state.behaviour = value;
		},
		async close() {
			for (const socket of sockets) {
				socket.destroy();
			}

			await new Promise(resolve => {
				server.close(resolve);
			});
		},
	};
};
