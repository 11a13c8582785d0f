// A failure as a value: what the guided-failure screen, the summary and the journal say of it.

/** Whether the same input can succeed when tried again; `unknown` is left only by a look-up. */
export type FailureClass = 'permanent' | 'transient' | 'authorization' | 'unknown' | 'bug';

export type SourcePlace = {
	/** Path relative to the package, for example `sql/procedures/sweep_expired_caption_locks.sql`. */
	readonly path: string;
	/** 1-based. */
	readonly line: number;
	/** 1-based. */
	readonly column: number;
	/** A few source lines around the place, without line numbers; `firstLine` numbers the first of them. */
	readonly excerpt?: {readonly firstLine: number; readonly lines: readonly string[]};
};

export type Failure = {
	/** First line of the message; no stack. */
	readonly message: string;
	/** BigQuery's reason or our own code: invalidQuery, notFound, backendError, criterion, timeout, … */
	readonly reason: string;
	readonly class: FailureClass;
	readonly place?: SourcePlace;
	readonly job?: {readonly id: string; readonly state: string; readonly billedBytes: number; readonly durationMs: number};
	/** The next step as a sentence or a runnable command. */
	readonly advice?: string;
};
