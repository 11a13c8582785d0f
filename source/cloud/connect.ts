// Everything a command needs of a target, embedded or BigQuery, behind the same ports.
import {hostname} from 'node:os';
import type {AuthClient} from 'google-auth-library';
import type {Clock, Random} from '../ports/clock.js';
import type {Lease} from '../ports/lease.js';
import type {Alerting, Identity} from '../ports/outside.js';
import type {ScheduledQueries} from '../ports/scheduled-queries.js';
import type {Warehouse} from '../ports/warehouse.js';
import {createDatasetLease} from './bigquery/lease.js';
import type {Guard} from './bigquery/guard.js';
import {createBigQueryWarehouse, defaultTimings, type NetworkTimings} from './bigquery/warehouse.js';
import {createAlerting} from './alerting/alerting.js';
import {createClockDrive, embeddedDataFolder, ensureEmbedded, holdsData, stopEmbedded, type ClockDrive, type EmbeddedEndpoint, type EmbeddedOptions} from './embedded.js';
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
	readonly validAuthority?: () => {readonly provenRestorePoint: string | undefined; readonly planHash: string | undefined; readonly rowWork?: readonly string[]};
	/** Embedded: a folder of its own makes the instance private. */
	readonly dataFolder?: string;
	readonly idleMinutes?: number;
	readonly command?: EmbeddedOptions['command'];
	readonly timings?: NetworkTimings;
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
		/** Where it is reached now: after a kill it may come up somewhere else. */
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
	/** Undefined: Google's own. Asked again whenever it may have moved. */
	readonly loopback: (() => {readonly endpoint: string; readonly port: number}) | undefined;
	readonly onSilence?: (() => Promise<boolean>) | undefined;
};

/** Made once for each place the service is reached at. */
const perPlace = <T>(place: () => string, make: () => T): {readonly get: () => T; readonly made: () => readonly T[]} => {
	const made = new Map<string, T>();
	return {
		get() {
			const key = place();
			const known = made.get(key);
			if (known !== undefined) {
				return known;
			}

			const fresh = make();
			made.set(key, fresh);
			return fresh;
		},
		made: () => [...made.values()],
	};
};

const half: Random = () => 0.5;

/** A guard that knows no production dataset: for laying out sample data on an embedded warehouse only. */
const seedGuard: Guard = {productionDataset: '', valid: () => ({leaseEpoch: undefined, provenRestorePoint: undefined, planHash: undefined})};

const connectClients = async (target: ConnectTarget, endpoints: Endpoints) => {
	const [{BigQuery}, {GoogleAuth}] = await Promise.all([import('@google-cloud/bigquery'), import('google-auth-library')]);
	const {project, location, clock} = target;
	const random = target.random ?? half;
	const authClient = await endpoints.auth();
	const {loopback, onSilence} = endpoints;
	const place = (): string => loopback?.().endpoint ?? '';
	const client = perPlace(place, () => new BigQuery({projectId: project, location, authClient, autoRetry: false, maxRetries: 0, ...(loopback === undefined ? {} : {apiEndpoint: loopback().endpoint})}));
	const auth = new GoogleAuth({authClient, projectId: project});
	// Half of the time that a connection takes to load is this client's, and most commands ask no schedule.
	const transfer = perPlace(place, async () => {
		const {DataTransferServiceClient} = await import('@google-cloud/bigquery-data-transfer');
		type TransferOptions = NonNullable<ConstructorParameters<typeof DataTransferServiceClient>[0]>;
		return new DataTransferServiceClient({
			fallback: true, auth: auth as unknown as NonNullable<TransferOptions['auth']>, projectId: project,
			...(loopback === undefined ? {} : {protocol: 'http', apiEndpoint: '127.0.0.1', port: loopback().port}),
		});
	});
	const timings = target.timings ?? defaultTimings;
	const {requestMs} = timings;
	const at = (google: string) => (): string => loopback?.().endpoint ?? google;
	const portsFor = (guard: Guard): {readonly warehouse: Warehouse; readonly schedules: ScheduledQueries} => ({
		warehouse: createBigQueryWarehouse({client: client.get, project, location, guard, clock, random, timings, onSilence, resourceManagerEndpoint: at('https://cloudresourcemanager.googleapis.com')}),
		schedules: createScheduledQueries({client: transfer.get, project, location, guard, clock, random, requestMs, onSilence}),
	});
	// The lease reads and writes labels only; it is what the guard asks, so it comes first and goes past it.
	const lease = createDatasetLease({warehouse: portsFor(seedGuard).warehouse, dataset: target.dataset, clock, host: hostname()});
	const guard: Guard = {
		productionDataset: target.dataset,
		valid: () => ({leaseEpoch: lease.current()?.epoch, ...(target.validAuthority?.() ?? {provenRestorePoint: undefined, planHash: undefined})}),
	};
	const alerting = createAlerting({
		client: async () => authClient, project, clock, random, requestMs, onSilence,
		loggingEndpoint: at('https://logging.googleapis.com'), monitoringEndpoint: at('https://monitoring.googleapis.com'),
	});
	const closeClients = async (): Promise<void> => {
		await Promise.all(transfer.made().map(async made => (await made).close()));
	};

	return {...portsFor(guard), lease, alerting, clock, seed: portsFor(seedGuard), closeClients};
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
		const {seed: _seed, closeClients, ...ports} = await connectClients(target, {auth, loopback: undefined});
		return {
			...ports,
			identity: createGoogleIdentity(credentials, auth),
			async close() {
				await ports.lease.release();
				await closeClients();
			},
		};
	}

	const dataFolder = target.dataFolder ?? embeddedDataFolder(target.env, target.project);
	const options: EmbeddedOptions = {
		dataFolder, project: target.project, clock: target.clock,
		...(target.idleMinutes === undefined ? {} : {idleMinutes: target.idleMinutes}),
		...(target.command === undefined ? {} : {command: target.command}),
	};
	return connectEmbedded(target, await ensureEmbedded(options), {
		async stop() {
			await stopEmbedded(dataFolder, target.clock);
		},
		comeBack: async () => (holdsData(dataFolder) ? ensureEmbedded(options) : undefined),
	});
};

export type EmbeddedCare = {
	/** Ends the instance. */
	readonly stop: () => Promise<void>;
	/** Finds the instance again, and starts it when it is gone; undefined when its data are gone too. */
	readonly comeBack: () => Promise<EmbeddedEndpoint | undefined>;
};

const noCare: EmbeddedCare = {stop: async () => undefined, comeBack: async () => undefined};

/** Connects to an embedded warehouse that is known to run. When it dies meanwhile, the next request brings it back on the same data. */
export const connectEmbedded = async (target: ConnectTarget, first: EmbeddedEndpoint, care: EmbeddedCare = noCare): Promise<Connection> => {
	const {OAuth2Client} = await import('google-auth-library');
	const bearer = new OAuth2Client();
	let instance = first;
	let isStopped = false;
	let coming: Promise<boolean> | undefined;
	const {EROS_WAREHOUSE_TOKEN: given = ''} = target.env;
	const move = (to: EmbeddedEndpoint): void => {
		instance = to;
		bearer.setCredentials({access_token: given === '' ? to.token : given});
	};

	move(first);
	/** One look for all requests that got no answer at the same time. True when another process serves the data now. */
	const onSilence = async (): Promise<boolean> => {
		if (isStopped) {
			return false;
		}

		const before = instance.pid;
		coming ??= care.comeBack().then(found => {
			if (found !== undefined) {
				move(found);
			}

			return found !== undefined && found.pid !== before;
		}).finally(() => {
			coming = undefined;
		});
		return coming;
	};

	const {seed, closeClients, ...ports} = await connectClients(target, {auth: async () => bearer, loopback: () => instance, onSilence});
	return {
		...ports,
		identity: createLocalIdentity(given === '' ? undefined : async () => String((await ports.warehouse.query('SELECT SESSION_USER() AS user')).rows[0]?.['user'])),
		embedded: {
			get instance() {
				return instance;
			},
			drive: createClockDrive(() => instance, {clock: target.clock, onSilence}),
			seed,
			async stop() {
				isStopped = true;
				await care.stop();
			},
		},
		async close() {
			await ports.lease.release();
			await closeClients();
		},
	};
};
