// Everything a command needs of a target, embedded or BigQuery, behind the same ports.
import type {AuthClient} from 'google-auth-library';
import type {Clock, Random} from '../ports/clock.js';
import type {Lease} from '../ports/lease.js';
import type {Alerting, Identity} from '../ports/outside.js';
import type {ScheduledQueries} from '../ports/scheduled-queries.js';
import type {Warehouse} from '../ports/warehouse.js';
import {createDatasetLease} from './bigquery/lease.js';
import type {Guard} from './bigquery/guard.js';
import {createBigQueryWarehouse} from './bigquery/warehouse.js';
import {createAlerting} from './alerting/alerting.js';
import {createClockDrive, embeddedDataFolder, ensureEmbedded, stopEmbedded, type ClockDrive, type EmbeddedEndpoint, type EmbeddedOptions} from './embedded.js';
import {createGoogleIdentity, createLocalIdentity, findCredentials} from './identity/identity.js';
import {createScheduledQueries} from './scheduled-queries/scheduled-queries.js';

export type ConnectTarget = {
	readonly kind: 'embedded' | 'bigquery';
	readonly project: string;
	/** The production dataset: what the guard protects and the lease is on. */
	readonly dataset: string;
	readonly location: string;
	readonly env: Readonly<Record<string, string | undefined>>;
	/** Real time: polling, back-off and the lease live on it, also in a rehearsal. */
	readonly clock: Clock;
	readonly random?: Random;
	/** What the run holds for valid at this moment, read from its state. Without it the guard knows of no restore point and no plan, and refuses every change of production. */
	readonly validAuthority?: () => {readonly provenRestorePoint: string | undefined; readonly planHash: string | undefined};
	/** Embedded: a folder of its own makes the instance private. */
	readonly dataFolder?: string;
	readonly idleMinutes?: number;
	readonly command?: EmbeddedOptions['command'];
};

export type Connection = {
	readonly warehouse: Warehouse;
	readonly schedules: ScheduledQueries;
	readonly alerting: Alerting;
	readonly identity: Identity;
	readonly lease: Lease;
	/** The clock given; a rehearsal drives the warehouse's own through `drive`. */
	readonly clock: Clock;
	/** Embedded only. */
	readonly embedded?: {
		readonly instance: EmbeddedEndpoint;
		readonly drive: ClockDrive;
		/** Unguarded, to lay out sample data and a former release before a window. BigQuery has no such thing. */
		readonly seed: {readonly warehouse: Warehouse; readonly schedules: ScheduledQueries};
		/** Ends the instance. */
		readonly stop: () => Promise<void>;
	};
	/** Gives back the lease when it is held. An embedded warehouse runs on. */
	readonly close: () => Promise<void>;
};

type Endpoints = {
	readonly auth: () => Promise<AuthClient>;
	/** Undefined: Google's own. */
	readonly loopback: {readonly endpoint: string; readonly port: number} | undefined;
};

const half: Random = () => 0.5;

/** A guard that knows no production dataset: for laying out sample data on an embedded warehouse only. */
const seedGuard: Guard = {productionDataset: '', valid: () => ({leaseEpoch: undefined, provenRestorePoint: undefined, planHash: undefined})};

const connectClients = async (target: ConnectTarget, endpoints: Endpoints) => {
	const [{BigQuery}, {DataTransferServiceClient}, {GoogleAuth}] = await Promise.all([import('@google-cloud/bigquery'), import('@google-cloud/bigquery-data-transfer'), import('google-auth-library')]);
	const {project, location, clock} = target;
	const random = target.random ?? half;
	const authClient = await endpoints.auth();
	const {loopback} = endpoints;
	const client = new BigQuery({projectId: project, location, authClient, autoRetry: false, maxRetries: 0, ...(loopback === undefined ? {} : {apiEndpoint: loopback.endpoint})});
	const auth = new GoogleAuth({authClient, projectId: project});
	type TransferOptions = NonNullable<ConstructorParameters<typeof DataTransferServiceClient>[0]>;
	const transfer = new DataTransferServiceClient({
		fallback: true, auth: auth as unknown as NonNullable<TransferOptions['auth']>, projectId: project,
		...(loopback === undefined ? {} : {protocol: 'http', apiEndpoint: '127.0.0.1', port: loopback.port}),
	});
	const portsFor = (guard: Guard): {readonly warehouse: Warehouse; readonly schedules: ScheduledQueries} => ({
		warehouse: createBigQueryWarehouse({client, project, location, guard, clock, random, resourceManagerEndpoint: loopback?.endpoint ?? 'https://cloudresourcemanager.googleapis.com'}),
		schedules: createScheduledQueries({client: transfer, project, location, guard, clock, random}),
	});
	// The lease reads and writes labels only; it is what the guard asks, so it comes first and goes past it.
	const lease = createDatasetLease({warehouse: portsFor(seedGuard).warehouse, dataset: target.dataset, clock});
	const guard: Guard = {
		productionDataset: target.dataset,
		valid: () => ({leaseEpoch: lease.current()?.epoch, provenRestorePoint: target.validAuthority?.().provenRestorePoint, planHash: target.validAuthority?.().planHash}),
	};
	const alerting = createAlerting({
		client: async () => authClient, project, clock, random,
		loggingEndpoint: loopback?.endpoint ?? 'https://logging.googleapis.com', monitoringEndpoint: loopback?.endpoint ?? 'https://monitoring.googleapis.com',
	});
	return {...portsFor(guard), lease, alerting, clock, seed: portsFor(seedGuard), transfer};
};

/**
 * Connects to a target. The embedded warehouse is started when it does not run yet.
 * @throws WarehouseError 'unauthenticated' for BigQuery without credentials, before anything is asked over the network.
 */
export const connect = async (target: ConnectTarget): Promise<Connection> => {
	if (target.kind === 'bigquery') {
		const credentials = await findCredentials(target.env, '.');
		const {GoogleAuth} = await import('google-auth-library');
		const google = new GoogleAuth({keyFilename: credentials.path, scopes: ['https://www.googleapis.com/auth/cloud-platform', 'https://www.googleapis.com/auth/userinfo.email'], projectId: target.project});
		const auth = async (): Promise<AuthClient> => google.getClient();
		const {seed: _seed, transfer, ...ports} = await connectClients(target, {auth, loopback: undefined});
		return {
			...ports,
			identity: createGoogleIdentity(credentials, auth),
			async close() {
				await ports.lease.release();
				await transfer.close();
			},
		};
	}

	const dataFolder = target.dataFolder ?? embeddedDataFolder(target.env, target.project);
	const instance = await ensureEmbedded({
		dataFolder, project: target.project, clock: target.clock,
		...(target.idleMinutes === undefined ? {} : {idleMinutes: target.idleMinutes}),
		...(target.command === undefined ? {} : {command: target.command}),
	});
	return connectEmbedded(target, instance, async () => {
		await stopEmbedded(dataFolder, target.clock);
	});
};

/** Connects to an embedded warehouse that is known to run. */
export const connectEmbedded = async (target: ConnectTarget, instance: EmbeddedEndpoint, stop: () => Promise<void> = async () => undefined): Promise<Connection> => {
	const {OAuth2Client} = await import('google-auth-library');
	const bearer = new OAuth2Client();
	bearer.setCredentials({access_token: instance.token});
	const {seed, transfer, ...ports} = await connectClients(target, {auth: async () => bearer, loopback: {endpoint: instance.endpoint, port: instance.port}});
	return {
		...ports,
		identity: createLocalIdentity(),
		embedded: {instance, drive: createClockDrive(instance), seed, stop},
		async close() {
			await ports.lease.release();
			await transfer.close();
		},
	};
};
