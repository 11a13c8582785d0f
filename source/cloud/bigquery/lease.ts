// The lease on a dataset, kept in its labels and changed by compare-and-swap: whoever's `If-Match` fits, holds it.
import {LeaseHeldError, type Lease, type LeaseHolder} from '../../ports/lease.js';
import type {Clock} from '../../ports/clock.js';
import {WarehouseError, type DatasetInfo, type Warehouse} from '../../ports/warehouse.js';

export type LeaseOptions = {
	readonly warehouse: Pick<Warehouse, 'findDataset' | 'setDatasetLabels'>;
	readonly dataset: string;
	/** Real time: a lease outlives neither a dead holder nor a driven rehearsal. */
	readonly clock: Clock;
	/** Name of this machine, for whoever finds the lease held. */
	readonly host?: string;
	readonly timeToLiveMs?: number;
	readonly heartbeatMs?: number;
};

/** A holder stops so long before its lease runs out: the clock of who takes over may be ahead by as much. */
export const safetyMs = 5000;

/** Label values hold lower-case letters, digits, `-` and `_`, at most 63. */
const labelText = (text: string): string => text.toLowerCase().replaceAll(/[^\p{Ll}\p{Nd}_-]/gu, '_').slice(0, 63);

type Held = LeaseHolder & {readonly epoch: number};

const holdOf = (info: DatasetInfo): Held => ({
	host: info.labels['eros_host'] ?? '',
	sinceMs: Number(info.labels['eros_since'] ?? 0),
	run: info.labels['eros_run'] ?? '',
	epoch: Number(info.labels['eros_epoch'] ?? 0),
	holder: info.labels['eros_holder'] ?? '',
	untilMs: Number(info.labels['eros_until'] ?? 0),
});

const isPrecondition = (error: unknown): boolean => error instanceof WarehouseError && error.kind === 'precondition';

export const createDatasetLease = (options: LeaseOptions): Lease => {
	const {warehouse, dataset, clock} = options;
	const timeToLiveMs = options.timeToLiveMs ?? 60_000;
	const heartbeatMs = options.heartbeatMs ?? 15_000;
	const host = labelText(options.host ?? '');
	let held: Held | undefined;
	let heartbeat: Disposable | undefined;
	let renewing: Promise<void> = Promise.resolve();

	const readDataset = async (): Promise<DatasetInfo> => {
		const info = await warehouse.findDataset(dataset);
		if (info === undefined) {
			throw new WarehouseError('not-found', `The dataset ${dataset} does not exist, so nobody can hold it.`);
		}

		return info;
	};

	const lose = (): void => {
		held = undefined;
		heartbeat?.[Symbol.dispose]();
		heartbeat = undefined;
	};

	const isOurs = (remote: Held): boolean => held !== undefined && remote.epoch === held.epoch && remote.run === held.run && remote.holder === held.holder;

	/** Reads, checks that it is ours, extends. A swap that lost to an unrelated change of the dataset is tried again. */
	const renew = async (): Promise<void> => {
		const mine = held?.epoch;
		for (let attempt = 0; attempt < 5 && held !== undefined; attempt++) {
			const info = await readDataset();
			if (held?.epoch !== mine) {
				// Given back or taken anew meanwhile: what was read is of an earlier hold.
				return;
			}

			if (!isOurs(holdOf(info))) {
				lose();
				return;
			}

			const untilMs = clock.now() + timeToLiveMs;
			try {
				await warehouse.setDatasetLabels(dataset, info.etag, {eros_until: String(untilMs)});
				if (held?.epoch === mine && held !== undefined) {
					held = {...held, untilMs};
				}

				return;
			} catch (error) {
				if (!isPrecondition(error)) {
					throw error;
				}
			}
		}
	};

	const lost = (): WarehouseError => new WarehouseError('refused', `The lease on ${dataset} was lost; nothing may be changed under it. Run eros-tui deploy --resume.`, {reason: 'leaseLost'});

	return {
		async acquire({run, actor}) {
			const holder = labelText(actor);
			for (let attempt = 0; attempt < 5; attempt++) {
				const info = await readDataset();
				const before = holdOf(info);
				// The same run of the same person is going on after a crash: its journal lets one process drive it, and the
				// next epoch fences off whatever is left of the old one.
				const isSelf = before.run === labelText(run) && before.holder === holder;
				if (before.untilMs > clock.now() && !isSelf) {
					throw new LeaseHeldError(before);
				}

				const sinceMs = clock.now();
				const next: Held = {run: labelText(run), holder, host, sinceMs, epoch: before.epoch + 1, untilMs: sinceMs + timeToLiveMs};
				try {
					await warehouse.setDatasetLabels(dataset, info.etag, {eros_run: next.run, eros_holder: next.holder, eros_host: next.host, eros_since: String(next.sinceMs), eros_epoch: String(next.epoch), eros_until: String(next.untilMs)});
				} catch (error) {
					if (isPrecondition(error)) {
						continue;
					}

					throw error;
				}

				lose();
				held = next;
				heartbeat = clock.every(heartbeatMs, () => {
					// A heartbeat that fails is made up by the next one; assertHeld finds out what it meant.
					renewing = renewing.then(renew).catch(() => undefined);
				});
				// Who gives the lease back takes its name out; one that is left there went without a word.
				const isAbandoned = before.run !== '' && !isSelf;
				return {epoch: next.epoch, holder, untilMs: next.untilMs, ...(isAbandoned ? {previous: {run: before.run, epoch: before.epoch, holder: before.holder}} : {})};
			}

			throw new LeaseHeldError({holder: 'another operator', run: '', host: '', sinceMs: 0, untilMs: clock.now() + timeToLiveMs});
		},
		async assertHeld() {
			if (held === undefined) {
				throw lost();
			}

			const remote = holdOf(await readDataset());
			if (held === undefined || !isOurs(remote) || remote.untilMs - safetyMs <= clock.now()) {
				lose();
				throw lost();
			}

			return {epoch: remote.epoch, holder: remote.holder, untilMs: remote.untilMs};
		},
		current: () => (held !== undefined && held.untilMs - safetyMs > clock.now() ? {epoch: held.epoch, holder: held.holder, untilMs: held.untilMs} : undefined),
		async release() {
			await renewing;
			if (held === undefined) {
				return;
			}

			for (let attempt = 0; attempt < 5 && held !== undefined; attempt++) {
				const info = await readDataset();
				if (!isOurs(holdOf(info))) {
					break;
				}

				try {
					// The epoch stays: the next holder counts on from it.
					await warehouse.setDatasetLabels(dataset, info.etag, {eros_run: null, eros_holder: null, eros_host: null, eros_since: null, eros_until: null});
					break;
				} catch (error) {
					if (!isPrecondition(error)) {
						lose();
						throw error;
					}
				}
			}

			lose();
		},
	};
};
