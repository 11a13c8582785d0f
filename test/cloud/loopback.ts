// A real warehouse server in this process, and the adapters connected to it through Google's clients.
import {connectEmbedded, type Connection, type ConnectTarget} from '../../source/cloud/connect.js';
import type {EmbeddedEndpoint} from '../../source/cloud/embedded.js';
import {createSystemClock} from '../../source/host/system-clock.js';
import {startWarehouseServer} from '../../source/warehouse/server.js';
import {openTestDatabase} from './test-database.js';

export type Loopback = {
	readonly connection: Connection;
	readonly instance: EmbeddedEndpoint;
	/** Another client of the same server. */
	readonly connectAgain: (target?: Partial<ConnectTarget>) => Promise<Connection>;
	readonly close: () => Promise<void>;
};

export const testProject = 'test-project';
export const production = 'eros_scheduling_brain';
const token = 'loopback-token';

export const startLoopback = async (target: Partial<ConnectTarget> = {}): Promise<Loopback> => {
	const database = await openTestDatabase(testProject);
	const server = await startWarehouseServer({database, token});
	const instance: EmbeddedEndpoint = {endpoint: server.endpoint, port: server.port, token, pid: 0, project: testProject, dataPath: ':memory:', startedAt: ''};
	const connectAgain = async (more: Partial<ConnectTarget> = {}): Promise<Connection> =>
		connectEmbedded({kind: 'embedded', project: testProject, dataset: production, location: 'US', env: {}, clock: createSystemClock(), ...target, ...more}, instance);
	const connection = await connectAgain();
	return {
		connection,
		instance,
		connectAgain,
		async close() {
			await connection.close();
			await server.close();
			await database.close();
		},
	};
};
