// Small measuring tools: medians of repeated runs, in milliseconds.
import {spawnSync} from 'node:child_process';
import {performance} from 'node:perf_hooks';
import process from 'node:process';

/** Value below which `share` of the values lie. */
export const quantile = (values: readonly number[], share: number): number => {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
};

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** Median wall time of a whole child process over `times` runs, after one to warm the disk cache. */
export const processMs = (arguments_: readonly string[], times: number): number => {
	const samples: number[] = [];
	for (let turn = 0; turn <= times; turn += 1) {
		const before = performance.now();
		const {status, stderr} = spawnSync(process.execPath, [...arguments_], {stdio: ['ignore', 'ignore', 'pipe']});
		if (status !== 0) {
			throw new Error(`node ${arguments_.join(' ')} ended with ${String(status)}: ${String(stderr)}`);
		}

		if (turn > 0) {
			samples.push(performance.now() - before);
		}
	}

	return median(samples);
};

/** Wall times of `times` calls, after one to warm up. */
export const callTimes = async (call: () => unknown, times: number): Promise<readonly number[]> => {
	const samples: number[] = [];
	for (let turn = 0; turn <= times; turn += 1) {
		const before = performance.now();
		await call();
		if (turn > 0) {
			samples.push(performance.now() - before);
		}
	}

	return samples;
};
