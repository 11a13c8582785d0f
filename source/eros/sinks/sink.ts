// Where a schedule goes.
import type {Schedule} from '../envelope.js';

export type SinkFormat = 'CSV' | 'SHEETS' | 'JSON';

export type SinkReceipt = {
	/** File or sheet tab. */
	readonly destination: string;
	readonly messageCount: number;
	/** What was checked: `20 rows, 11 columns, read back equal`. */
	readonly detail: string;
};

export type ScheduleSink = {
	readonly format: SinkFormat;
	/** Writes the schedule, reads it back and compares. Throws when the two differ or the place can't be written. */
	readonly write: (schedule: Schedule, signal?: AbortSignal) => Promise<SinkReceipt>;
};
