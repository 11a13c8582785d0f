// The smaller parts of the outside world.

export type IdentityInfo = {readonly principal: string; readonly kind: 'user' | 'service-account' | 'local'; readonly tokenExpiresAtMs?: number};

export type Identity = {
	/** Throws WarehouseError 'unauthenticated' with the next step when there are no credentials. */
	whoAmI: () => Promise<IdentityInfo>;
};

export type AlertMetric = {readonly name: string; readonly description: string; readonly filter: string};
export type AlertPolicy = {readonly name: string; readonly metric: string; readonly thresholdPerHour: number; readonly documentation: string};

export type AlertingState = {readonly metrics: readonly AlertMetric[]; readonly policies: readonly AlertPolicy[]; readonly channels: readonly string[]};

export type Alerting = {
	/** Creates or updates; returns what stands afterwards. */
	upsert: (metrics: readonly AlertMetric[], policies: readonly AlertPolicy[], emails: readonly string[]) => Promise<AlertingState>;
	read: () => Promise<AlertingState>;
};

export type Message = {
	/** Idempotency key: the same key is never sent twice in a run. */
	readonly key: string;
	readonly channel: 'mail' | 'chat';
	readonly to: readonly string[];
	readonly subject: string;
	readonly text: string;
	readonly attachments?: readonly {readonly name: string; readonly content: string; readonly type: string}[];
};

export type Receipt = {readonly state: 'sent'; readonly receipt: string} | {readonly state: 'drafted'; readonly path: string; readonly reason: string};

export type Notifier = {
	/** Sends, or writes a draft file when no channel is configured; the receipt says which. */
	send: (message: Message) => Promise<Receipt>;
};

export type ProcessResult = {readonly exitCode: number; readonly stdout: string; readonly stderr: string; readonly durationMs: number; readonly timedOut: boolean};

export type Processes = {
	run: (command: string, arguments_: readonly string[], options?: {readonly cwd?: string; readonly timeoutMs?: number; readonly env?: Readonly<Record<string, string>>; readonly input?: string; readonly signal?: AbortSignal}) => Promise<ProcessResult>;
	/** Absolute path of an executable on PATH, or undefined. */
	find: (command: string) => Promise<string | undefined>;
};

export type Files = {
	read: (path: string) => Promise<Uint8Array>;
	/** Writes to a temporary file and renames. Returns the SHA-256 in hex. */
	write: (path: string, content: string | Uint8Array, mode?: number) => Promise<string>;
	list: (folder: string) => Promise<readonly {readonly path: string; readonly bytes: number; readonly mode: number; readonly isReadable: boolean}[]>;
	exists: (path: string) => Promise<boolean>;
};
