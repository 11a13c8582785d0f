// Who may change the production dataset. Held only while changing it, never while waiting for a person.

export type LeaseHold = {readonly epoch: number; readonly holder: string; readonly untilMs: number};

export type Lease = {
	/** Takes the lease with the next epoch, or throws LeaseHeldError. Heartbeats until released. */
	acquire: (holder: {readonly run: string; readonly actor: string}) => Promise<LeaseHold>;
	/** Re-reads the remote state right before a mutation; throws when the epoch is no longer ours. */
	assertHeld: () => Promise<LeaseHold>;
	current: () => LeaseHold | undefined;
	release: () => Promise<void>;
};

export class LeaseHeldError extends Error {
	readonly holder: string;
	readonly untilMs: number;

	constructor(holder: string, untilMs: number) {
		super(`The dataset is being changed by ${holder}.`);
		this.name = 'LeaseHeldError';
		this.holder = holder;
		this.untilMs = untilMs;
	}
}
