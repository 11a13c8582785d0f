// Google's own analyzer as a local gRPC server: started on a free loopback port, spoken to through its proto file.
import {spawn} from 'node:child_process';
import {existsSync} from 'node:fs';
import {createRequire} from 'node:module';
import {createServer} from 'node:net';
import {dirname, join} from 'node:path';

const require = createRequire(import.meta.url);

/** The server's folder, or undefined where its package is not installed or has no binary for this machine. */
const findServer = () => {
	try {
		const folder = join(dirname(require.resolve('@fivetrandevelopers/zetasql')), 'zetasql');
		const extension = (process.arch.startsWith('arm') ? '_arm' : '') + (process.platform === 'darwin' ? '' : '.so');
		const binary = join(folder, `remote_server${extension}`);
		const isBuilt = ['linux', 'darwin'].includes(process.platform) && ['x64', 'arm64'].includes(process.arch);
		return isBuilt && existsSync(binary) ? {binary, protos: join(folder, 'protos')} : undefined;
	} catch {
		return undefined;
	}
};

const freePort = () =>
	new Promise((resolve, reject) => {
		const probe = createServer();
		probe.once('error', reject);
		probe.listen(0, '127.0.0.1', () => {
			const {port} = probe.address();
			probe.close(() => resolve(port));
		});
	});

const connect = async ({binary, protos, longs}) => {
	const grpc = require('@grpc/grpc-js');
	const loader = require('@grpc/proto-loader');
	const port = await freePort();
	const server = spawn(binary, ['127.0.0.1', String(port)], {stdio: ['ignore', 'ignore', 'ignore']});
	const ended = new Promise((_resolve, reject) => {
		server.once('error', reject);
		server.once('exit', () => reject(new Error('The analyzer itself broke on this.')));
	});
	// Only an end while something waits for an answer matters.
	ended.catch(() => undefined);
	const definition = loader.loadSync('local_service.proto', {defaults: false, oneofs: false, enums: String, longs, keepCase: true, includeDirs: [protos]});
	const {ZetaSqlLocalService} = grpc.loadPackageDefinition(definition).zetasql.local_service;
	const limit = 500 * 1024 * 1024;
	const client = new ZetaSqlLocalService(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), {'grpc.max_send_message_length': limit, 'grpc.max_receive_message_length': limit});
	await Promise.race([ended, new Promise((resolve, reject) => {
		client.waitForReady(Date.now() + 30_000, error => (error ? reject(error) : resolve()));
	})]);
	return {client, server, ended};
};

/**
 * Starts the server and connects to it. A statement on which the server breaks fails alone: the next call starts it anew.
 * @param longs how integers of 64 bits are given: Number, or String where each digit counts.
 * @returns `call(name, request)`, `generation` (counts the starts: a registered catalog lives in one), and `close`; undefined where the server can't run.
 */
export const startAnalyzer = async ({longs = Number} = {}) => {
	const server = findServer();
	if (server === undefined) {
		return undefined;
	}

	const found = {...server, longs};
	let connection = await connect(found);
	let generation = 1;
	return {
		get generation() {
			return generation;
		},
		async call(name, request) {
			const {client, server, ended} = connection;
			const answer = new Promise((resolve, reject) => {
				client[name](request, (error, response) => {
					// 14 is UNAVAILABLE: the server is gone, and says more by its end.
					if (error?.code === 14) {
						ended.catch(reject);
					} else if (error) {
						reject(error);
					} else {
						resolve(response);
					}
				});
			});
			try {
				return await Promise.race([ended, answer]);
			} catch (error) {
				if (server.exitCode !== null || server.signalCode !== null) {
					client.close();
					connection = await connect(found);
					generation++;
				}

				throw error;
			}
		},
		close() {
			connection.client.close();
			connection.server.removeAllListeners('exit');
			connection.server.kill('SIGKILL');
		},
	};
};
