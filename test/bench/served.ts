// The sample behind its server, and Google's client in front of it.
import {connectEmbedded, type Connection} from '../../source/cloud/connect.js';
import {createSystemClock} from '../../source/host/system-clock.js';
import type {Database} from '../../source/warehouse/contract.js';
import {startWarehouseServer} from '../../source/warehouse/server.js';
import {names} from './warehouse.js';

/** Does something through a connection to a served database. */
export const whileServed = async <Result>(database: Database, work: (client: Connection) => Promise<Result>): Promise<Result> => {
	const token = 'bench';
	const server = await startWarehouseServer({database, token});
	const client = await connectEmbedded(
		{kind: 'embedded', project: names.project, dataset: names.dataset, location: 'US', env: {}, clock: createSystemClock()},
		{endpoint: server.endpoint, port: server.port, token, pid: 0, project: names.project, dataPath: ':memory:', startedAt: ''},
	);
	try {
		return await work(client);
	} finally {
		await client.close();
		await server.close();
	}
};
