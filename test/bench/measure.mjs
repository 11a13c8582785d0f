// Small measuring tools: medians of repeated runs, in milliseconds.
import {spawnSync} from 'node:child_process';
import {performance} from 'node:perf_hooks';
import process from 'node:process';

/** Sorted copy's middle value. */
export const median = values => {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.floor(sorted.length / 2)];
};

/** Value below which `share` of the values lie. */
export const quantile = (values, share) => {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
};

/** Median wall time of a whole child process over `times` runs, after one to warm the disk cache. */
export const processMs = (arguments_, times, environment = {}) => {
	const samples = [];
	for (let turn = 0; turn <= times; turn += 1) {
		const before = performance.now();
		const {status, stderr} = spawnSync(process.execPath, arguments_, {stdio: ['ignore', 'ignore', 'pipe'], env: {...process.env, ...environment}});
		if (status !== 0) {
			throw new Error(`node ${arguments_.join(' ')} ended with ${status}: ${stderr}`);
		}

		if (turn > 0) {
			samples.push(performance.now() - before);
		}
	}

	return median(samples);
};

/** Median wall time of an async function over `times` calls, after one to warm up. */
export const callMs = async (call, times) => {
	const samples = [];
	for (let turn = 0; turn <= times; turn += 1) {
		const before = performance.now();
		await call();
		if (turn > 0) {
			samples.push(performance.now() - before);
		}
	}

	return median(samples);
};
