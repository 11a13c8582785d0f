// A file of sql/ as a deployable object: what it declares, what it needs and the text to run, for one target.

export type ObjectKind = 'table' | 'function' | 'table-function' | 'procedure' | 'view' | 'scheduled-query';

/** One transfer config of a scheduled query: `-- config: <display name> | <schedule in UTC>`. */
export type ScheduleConfig = {
	readonly displayName: string;
	/** Transfer-service syntax, UTC. */
	readonly schedule: string;
	/** `HH:MM` UTC at which the first run of a repeating schedule is anchored. */
	readonly anchor?: string;
};

export type DeployObject = {
	readonly kind: ObjectKind;
	/** Name without its dataset; for a scheduled query the name of its file. */
	readonly name: string;
	readonly path: string;
	/** The first comment line of the file: what the object is. */
	readonly summary: string;
	/** The whole file, rendered for the target. */
	readonly sql: string;
	/** The file as it stands on disk, with placeholders. */
	readonly template: string;
	/** Names of other objects of the same dataset that it reads, writes or calls. */
	readonly dependsOn: readonly string[];
	readonly reads: readonly string[];
	readonly writes: readonly string[];
	readonly calls: readonly string[];
	/** Column names in order; tables only. */
	readonly columns: readonly string[];
	/** Configs; scheduled queries only. */
	readonly configs: readonly ScheduleConfig[];
	/** SHA-256 in hex of the normalised definition, independent of the dataset it is rendered for. */
	readonly fingerprint: string;
};

export const kindTitles: {readonly [Kind in ObjectKind]: string} = {
	table: 'table',
	function: 'function',
	'table-function': 'table function',
	procedure: 'procedure',
	view: 'view',
	'scheduled-query': 'scheduled query',
};
