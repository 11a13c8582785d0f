// Scheduled queries: BigQuery Data Transfer Service configs of data source `scheduled_query`.

export type ScheduledQuerySpec = {
	readonly displayName: string;
	/** DTS syntax, UTC: `every day 09:07`, `every 6 hours`. */
	readonly schedule: string;
	readonly startTimeMs?: number;
	readonly query: string;
	readonly serviceAccount?: string;
	readonly notifyOnFailure: boolean;
	readonly pubsubTopic?: string;
};

export type ScheduledQuery = ScheduledQuerySpec & {
	/** Full resource name. */
	readonly name: string;
	readonly dataset: string;
	readonly isDisabled: boolean;
	readonly nextRunMs?: number;
	readonly updatedMs?: number;
};

export type ScheduledQueryRun = {readonly name: string; readonly runTimeMs: number; readonly startedMs?: number; readonly endedMs?: number; readonly state: 'PENDING' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED'; readonly errorMessage?: string};

/** Failures are thrown as WarehouseError. Mutations of a production config need the same authority as a job. */
export type ScheduledQueries = {
	list: (dataset: string) => Promise<readonly ScheduledQuery[]>;
	/** Creates it disabled unless told otherwise; display names are unique per dataset (adopted and patched when present). */
	upsert: (dataset: string, spec: ScheduledQuerySpec, options: {readonly isDisabled: boolean; readonly authority?: import('./warehouse.js').MutationAuthority}) => Promise<ScheduledQuery>;
	setDisabled: (name: string, isDisabled: boolean, authority?: import('./warehouse.js').MutationAuthority) => Promise<ScheduledQuery>;
	remove: (name: string, authority?: import('./warehouse.js').MutationAuthority) => Promise<void>;
	runs: (name: string) => Promise<readonly ScheduledQueryRun[]>;
};
