// How time grows with data: the statements of the issue on the sample and on many times the sample.
import process from 'node:process';
import {quantile} from './measure.js';
import {orchestrateSample} from './orchestrate.js';
import {whileServed} from './served.js';
import {execute, openSample, timedStatements} from './warehouse.js';

/** The number behind --scale, undefined without it. Ends the process with exit code 2 on anything but a whole number from 2 to 20. */
export const readScale = (words: readonly string[]): number | undefined => {
	const place = words.indexOf('--scale');
	if (place === -1) {
		return undefined;
	}

	const text = words[place + 1] ?? '';
	const scale = Number(text);
	if (!/^\d+$/.test(text) || scale < 2 || scale > 20) {
		process.stderr.write(`--scale is ${text === '' ? 'empty' : text}; it takes a whole number from 2 to 20. Example: npm run bench -- --scale 10\n`);
		process.exit(2);
	}

	return scale;
};

type Cost = {readonly wallMs: number; readonly cpuMs: number};

/** The cheapest of five runs after one to warm up: what others do on the machine only adds. */
const cheapest = async (work: () => Promise<unknown>): Promise<Cost> => {
	const runs: Cost[] = [];
	for (let turn = 0; turn <= 5; turn += 1) {
		const [wall, cpu] = [performance.now(), process.cpuUsage()];
		await work();
		const {user, system} = process.cpuUsage(cpu);
		if (turn > 0) {
			runs.push({wallMs: performance.now() - wall, cpuMs: (user + system) / 1000});
		}
	}

	return {wallMs: quantile(runs.map(run => run.wallMs), 0), cpuMs: quantile(runs.map(run => run.cpuMs), 0)};
};

const measure = async (scale: number): Promise<ReadonlyMap<string, Cost>> => {
	const {database} = await openSample(scale);
	const costs = new Map<string, Cost>();
	for (const [what,, sql] of timedStatements()) {
		costs.set(what, await cheapest(async () => execute(database, sql)));
	}

	// Once: a second time finds the week planned already.
	const {wallMs, processorMs, pages} = await whileServed(database, orchestrateSample);
	costs.set(`orchestrate ${pages} pages, end to end`, {wallMs, cpuMs: processorMs});
	await database.close();
	return costs;
};

/** A table of wall and processor time at both sizes and their ratio, which may be half as much again as the scale. */
export const timeScales = async (scale: number): Promise<string> => {
	const small = await measure(1);
	const large = await measure(scale);
	const most = 1.5 * scale;
	const rows = [...small].map(([what, one]) => {
		const many = large.get(what)!;
		const ratio = many.cpuMs / one.cpuMs;
		return [ratio <= most ? '✓' : '✗', what.padEnd(44), ...[one.wallMs, many.wallMs, one.cpuMs, many.cpuMs].map(ms => `${ms.toFixed(0)} ms`.padStart(10)), `${ratio.toFixed(1)} x`.padStart(8)].join('  ');
	});
	const over = rows.filter(row => row.startsWith('✗')).length;
	return [`   ${'times of one and of the data'.padEnd(44)}  wall of 1   wall of ${scale}  processor  processor     ratio`, ...rows, `${rows.length} measurements on ${scale} times the data; ${over} took more than ${most} times the processor time.`, ''].join('\n');
};
