// Who may change the production dataset. Held only while changing it, never while waiting for a person.

export type LeaseHold = {
	readonly epoch: number;
	readonly holder: string;
	readonly untilMs: number;
	/** Set by `acquire` when the lease of another run was never given back: what its epoch left running comes first. */
	readonly previous?: {readonly run: string; readonly epoch: number; readonly holder: string};
};

export type Lease = {
	/** Takes the lease with the next epoch, or throws LeaseHeldError. Heartbeats until released. */
	acquire: (holder: {readonly run: string; readonly actor: string}) => Promise<LeaseHold>;
	/** Re-reads the remote state right before a mutation; throws when the epoch is no longer ours. */
	assertHeld: () => Promise<LeaseHold>;
	/** What is held for certain at this moment; undefined some seconds before the lease runs out, in case clocks differ. */
	current: () => LeaseHold | undefined;
	release: () => Promise<void>;
};

/** Who holds a lease, as its labels tell. */
export type LeaseHolder = {
	readonly holder: string;
	readonly run: string;
	/** Host name of the holder's machine; empty when it is not known. */
	readonly host: string;
	readonly sinceMs: number;
	readonly untilMs: number;
};

const clockOf = (ms: number): string => `${new Date(ms).toISOString().slice(11, 19)} UTC`;

/** Thrown when somebody else holds the lease: says who, where, since when, and what may be done. */
export class LeaseHeldError extends Error {
	readonly holder: string;
	readonly untilMs: number;
	readonly by: LeaseHolder;

	constructor(by: LeaseHolder) {
		const where = by.host === '' ? '' : ` on ${by.host}`;
		const run = by.run === '' ? '' : `, run ${by.run}`;
		const since = by.sinceMs > 0 ? `, since ${clockOf(by.sinceMs)}` : '';
		super(`The dataset is being changed by ${by.holder}${where}${run}${since}. Its lease is renewed until that is done and runs out at ${clockOf(by.untilMs)} when its holder is gone; whoever starts after that takes over by itself.`);
		this.name = 'LeaseHeldError';
		this.holder = by.holder;
		this.untilMs = by.untilMs;
		this.by = by;
	}
}
