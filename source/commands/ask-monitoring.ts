// Asks the monitoring queries of sql/ outside of a run, and puts one sample together.
import type {Connection} from '../cloud/connect.js';
import {connect} from '../cloud/connect.js';
import {buildSample} from '../engine/monitor-sample.js';
import type {MonitorSample} from '../domain/health.js';
import {createFiles} from '../host/files.js';
import {createSystemClock} from '../host/system-clock.js';
import {renderTemplate} from '../objects/template.js';
import {packageRoot} from '../package-info.js';
import {WarehouseError, type QueryParameter, type Row} from '../ports/warehouse.js';
import type {Settings} from '../settings/index.js';
import {readSqlFiles, targetNames} from '../window/deploy-set.js';
import type {CommandIo} from './command.js';

export type MonitoringQueries = {
	readonly connection: Connection;
	/** Rows of a file of sql/, rendered for the production dataset. */
	readonly ask: (file: string, parameters?: readonly QueryParameter[]) => Promise<readonly Row[]>;
	/** The target's own time. */
	readonly now: () => Promise<number>;
};

/**
 * Connects, hands the queries over and disconnects.
 * @throws WarehouseError when the dataset does not exist or a query fails.
 */
export const withMonitoring = async <Result>(settings: Settings, io: CommandIo, use: (queries: MonitoringQueries) => Promise<Result>): Promise<Result> => {
	const clock = createSystemClock();
	const connection = await connect({kind: settings.target, project: settings.project, dataset: settings.dataset, location: settings.location, env: io.env, clock});
	try {
		if (await connection.warehouse.findDataset(settings.dataset) === undefined) {
			throw new WarehouseError('not-found', `The dataset ${settings.project}.${settings.dataset} does not exist.\n  Deploy EROS first: eros-tui deploy --target ${settings.target}`);
		}

		const sources = await readSqlFiles(createFiles(), packageRoot());
		return await use({
			connection,
			async ask(file, parameters) {
				const source = sources.find(({path}) => path === file);
				if (source === undefined) {
					throw new WarehouseError('invalid', `${file} is missing from the package.`);
				}

				const {rows} = await connection.warehouse.query(renderTemplate(source, targetNames(settings)), {maximumBytesBilled: settings.maximumBytesBilled, timeoutMs: settings.jobTimeoutMs, labels: {eros_step: 'monitoring'}, ...(parameters === undefined ? {} : {parameters})});
				return rows;
			},
			now: async () => connection.embedded === undefined ? clock.now() : connection.embedded.drive.now(),
		});
	} finally {
		await connection.close();
	}
};

/** Parameters of cost.sql. */
export const costParameters = (settings: Settings, sinceMs: number): readonly QueryParameter[] => [
	{name: 'price_per_tib_micros', type: 'INT64', value: settings.pricePerTibMicros},
	{name: 'since', type: 'TIMESTAMP', value: new Date(sinceMs).toISOString()},
];

const dayMs = 86_400_000;

/** One sample of the deployed system; a query that fails leaves its part without data. */
export const sampleOnce = async ({connection, ask, now}: MonitoringQueries, settings: Settings, tell: (text: string) => void): Promise<MonitorSample> => {
	const attempt = async (file: string, parameters?: readonly QueryParameter[]): Promise<Row | undefined> => {
		try {
			return (await ask(file, parameters))[0];
		} catch (error) {
			tell(`${file}: ${error instanceof Error ? error.message : String(error)}`);
			return undefined;
		}
	};

	const atMs = await now();
	const health = await attempt('sql/monitoring/health.sql');
	const cost = await attempt('sql/monitoring/cost.sql', costParameters(settings, atMs - dayMs));
	const schedules = await Promise.all((await connection.schedules.list(settings.dataset)).map(async config => ({config, runs: await connection.schedules.runs(config.name)})));
	return buildSample({index: 1, atMs, dueOffsetMs: 0, elapsedMs: dayMs, health, cost, schedules});
};
