// Operators, a store and time under one scheduler: every call to the store waits until it is drawn, clocks are skewed,
// operators are paused, answers are lost. Everything follows from one seed.
import {createDatasetLease} from '../../../source/cloud/bigquery/lease.js';
import type {Clock} from '../../../source/ports/clock.js';
import type {Lease} from '../../../source/ports/lease.js';
import {WarehouseError, type DatasetInfo, type Warehouse} from '../../../source/ports/warehouse.js';
import {seeded} from '../../support/mutilate.js';

export type ScheduleOptions = {readonly seed: number; readonly operators: number; readonly steps: number; readonly mostSkewMs: number; readonly losesAnswers: boolean};

export type ScheduleResult = {
	/** Violations in words; empty when the lease holds what it promises. */
	readonly broken: readonly string[];
	readonly epochs: number;
	readonly takeovers: number;
	readonly changes: number;
	readonly refusals: number;
};

type Call = {readonly operator: number; readonly carryOut: () => unknown; readonly resolve: (value: unknown) => void; readonly reject: (error: unknown) => void};
type Timer = {readonly ms: number; dueMs: number; readonly tick: () => void};

/** Lets everything that can go on without the scheduler go on. */
const settle = async (): Promise<void> => {
	for (let turn = 0; turn < 12; turn += 1) {
		await Promise.resolve();
	}
};

/** Plays one schedule of operators that take the lease, change something under it, and give it back or vanish. */
export const playSchedule = async ({seed, operators: count, steps, mostSkewMs, losesAnswers}: ScheduleOptions): Promise<ScheduleResult> => {
	const random = seeded(seed);
	const broken: string[] = [];
	const calls: Call[] = [];
	const owners = new Map<number, number>();
	let info: DatasetInfo = {dataset: 'd', location: 'US', labels: {team: 'eros'}, etag: '0'};
	let nowMs = 1_000_000_000;
	let takeovers = 0;
	let changes = 0;
	let refusals = 0;
	let isOver = false;

	const storeEpoch = (): number => Number(info.labels['eros_epoch'] ?? 0);
	const swap = (operator: number, etag: string, labels: Readonly<Record<string, string | null>>): DatasetInfo => {
		if (etag !== info.etag) {
			throw new WarehouseError('precondition', 'etag moved');
		}

		const before = storeEpoch();
		const wasHeld = info.labels['eros_run'] !== undefined;
		info = {...info, etag: String(Number(info.etag) + 1), labels: Object.fromEntries(Object.entries({...info.labels, ...labels}).filter((entry): entry is [string, string] => entry[1] !== null))};
		const after = storeEpoch();
		if (after !== before) {
			if (after !== before + 1) {
				broken.push(`the epoch went from ${before} to ${after}`);
			}

			if (owners.has(after)) {
				broken.push(`operator ${operator} got epoch ${after} of operator ${owners.get(after) ?? -1}`);
			}

			owners.set(after, operator);
			takeovers += wasHeld ? 1 : 0;
		}

		return info;
	};

	const portOf = (operator: number): Pick<Warehouse, 'findDataset' | 'setDatasetLabels'> => {
		const ask = async <T>(carryOut: () => T): Promise<T> => new Promise<T>((resolve, reject) => {
			calls.push({operator, carryOut, resolve: resolve as (value: unknown) => void, reject});
		});
		return {
			findDataset: async () => ask(() => info),
			setDatasetLabels: async (_dataset, etag, labels) => ask(() => swap(operator, etag, labels)),
		};
	};

	type Operator = {readonly lease: Lease; readonly skewMs: number; pausedUntilMs: number; readonly timers: Set<Timer>; wake: (() => void) | undefined};
	const operators: Operator[] = Array.from({length: count}, (_unused, index) => {
		const skewMs = mostSkewMs === 0 ? 0 : random(mostSkewMs + 1) - Math.floor(mostSkewMs / 2);
		const timers = new Set<Timer>();
		const clock: Clock = {
			now: () => nowMs + skewMs,
			monotonic: () => nowMs,
			sleepUntil: async () => undefined,
			pause: async () => undefined,
			every(ms, tick) {
				const timer = {ms, dueMs: nowMs + ms, tick};
				timers.add(timer);
				return {[Symbol.dispose]: () => void timers.delete(timer)};
			},
			isDriven: true,
		};
		return {lease: createDatasetLease({warehouse: portOf(index), dataset: 'd', clock}), skewMs, pausedUntilMs: 0, timers, wake: undefined};
	});

	/** Waits until the scheduler lets this operator go on. */
	const turn = async (operator: Operator): Promise<void> => new Promise(resolve => {
		operator.wake = resolve;
	});

	const live = async (index: number): Promise<void> => {
		const operator = operators[index]!;
		const {lease} = operator;
		for (let visit = 0; !isOver; visit += 1) {
			await turn(operator);
			try {
				const hold = await lease.acquire({run: `run_${index}_${visit}`, actor: `operator ${index}`});
				if (owners.get(hold.epoch) !== index) {
					broken.push(`operator ${index} believes to hold epoch ${hold.epoch} of operator ${owners.get(hold.epoch) ?? -1}`);
				}

				for (let change = random(5); change > 0 && !isOver; change -= 1) {
					await turn(operator);
					const {epoch} = await lease.assertHeld();
					if (owners.get(epoch) !== index) {
						broken.push(`operator ${index} was told that it holds epoch ${epoch} of operator ${owners.get(epoch) ?? -1}`);
					}

					await turn(operator);
					// The guard of the adapter: what is valid in the very moment the request leaves.
					const leaves = lease.current()?.epoch;
					if (leaves !== epoch) {
						refusals += 1;
						break;
					}

					changes += 1;
					if (mostSkewMs <= 5000 && storeEpoch() !== epoch) {
						broken.push(`operator ${index} changed something under epoch ${epoch} while epoch ${storeEpoch()} was held`);
					}
				}

				if (random(3) === 0) {
					// Vanishes: its process is gone, its heartbeat with it, and its lease stands until it runs out.
					operator.timers.clear();
					continue;
				}

				await lease.release();
			} catch {
				refusals += 1;
			}
		}
	};

	const lives = operators.map(async (_operator, index) => live(index));
	const isAwake = (index: number): boolean => operators[index]!.pausedUntilMs <= nowMs;
	const answer = (call: Call): void => {
		calls.splice(calls.indexOf(call), 1);
		const fate = losesAnswers ? random(20) : 19;
		if (fate === 0) {
			call.reject(new WarehouseError('network', 'lost on the way there'));
			return;
		}

		try {
			const value = call.carryOut();
			if (fate === 1) {
				call.reject(new WarehouseError('network', 'lost on the way back'));
			} else {
				call.resolve(value);
			}
		} catch (error) {
			call.reject(error);
		}
	};

	for (let step = 0; step < steps; step += 1) {
		await settle();
		const ready = calls.filter(({operator}) => isAwake(operator));
		const waiting = operators.filter(({wake}, index) => wake !== undefined && isAwake(index));
		const draw = random(10);
		if (draw < 5 && ready.length > 0) {
			answer(ready[random(ready.length)]!);
		} else if (draw < 8 && waiting.length > 0) {
			const operator = waiting[random(waiting.length)]!;
			const {wake} = operator;
			operator.wake = undefined;
			wake?.();
		} else if (draw === 8) {
			operators[random(count)]!.pausedUntilMs = nowMs + random(120_000);
		} else {
			// Half of the jumps lead to where it is decided: a few seconds around the end of the lease that stands.
			const untilMs = Number(info.labels['eros_until'] ?? 0);
			nowMs = random(2) === 0 && untilMs > nowMs ? Math.max(nowMs, untilMs - 6000 + random(7000)) : nowMs + random(20_000);
			for (const [index, {timers}] of operators.entries()) {
				for (const timer of [...timers]) {
					if (isAwake(index) && timer.dueMs <= nowMs) {
						timer.dueMs = nowMs + timer.ms;
						timer.tick();
					}
				}
			}
		}
	}

	isOver = true;
	for (let left = 0; left < 400; left += 1) {
		await settle();
		for (const operator of operators) {
			operator.wake?.();
			operator.wake = undefined;
		}

		for (const call of [...calls]) {
			calls.splice(calls.indexOf(call), 1);
			call.reject(new WarehouseError('network', 'the schedule is over'));
		}
	}

	await Promise.all(lives);
	return {broken, epochs: owners.size, takeovers, changes, refusals};
};
