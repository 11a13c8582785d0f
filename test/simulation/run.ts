// npm run simulate: weeks of pages on the embedded warehouse in several worlds, every rule checked, and the selector's earnings
// against other ways of choosing. Ends with 1 when a rule is broken, the arms drift, or the selector does not earn more.
//   --weeks 12 --pages 38 --worlds 3 --captions <number> --seed 1 --report <folder> --keep <folder>
// A world takes ten minutes and more on two cores. Worlds have the seeds from --seed on. Those in the folder of --keep are not
// lived again: a run that was stopped goes on, and two processes with other seeds can live the worlds of a third one's report.
import {mkdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {parseArgs} from 'node:util';
import {simulate, type Simulation} from './simulate.js';
import {createKeep} from './keep.js';
import {describeSimulations, drawWeeks, verdictOf} from './report.js';

const {values} = parseArgs({options: {weeks: {type: 'string', default: '12'}, pages: {type: 'string', default: '38'}, worlds: {type: 'string', default: '3'}, captions: {type: 'string'}, seed: {type: 'string', default: '1'}, report: {type: 'string'}, keep: {type: 'string'}}});

const readCount = (flag: 'weeks' | 'pages' | 'worlds' | 'captions' | 'seed', lowest: number, highest: number, fallback: number): number => {
	const text = values[flag];
	const value = text === undefined ? fallback : Number(text);
	if (!Number.isInteger(value) || value < lowest || value > highest) {
		process.stderr.write(`--${flag} ${text}: expected a whole number from ${lowest} to ${highest}\n  npm run simulate -- --weeks 12 --pages 38\n`);
		process.exit(2);
	}

	return value;
};

const weeks = readCount('weeks', 2, 52, 12);
const pages = readCount('pages', 1, 38, 38);
const worlds = readCount('worlds', 1, 20, 3);
const captions = readCount('captions', 60, 50_000, Math.max(240, Math.ceil((pages * 2700) / 38)));
const seed = readCount('seed', 0, 1_000_000, 1);
const startedMs = performance.now();
let found = 0;
const keep = createKeep(values.keep);
const simulations: Simulation[] = [];
for (let world = 0; world < worlds; world += 1) {
	const options = {weeks, pages, captions, seed: seed + world, onWeek(line: string): void {
		process.stderr.write(`world ${world + 1}/${worlds}, ${line}\n`);
	}};
	const kept = await keep.find(options);
	const simulation = kept ?? await simulate(options);
	simulations.push(simulation);
	if (kept === undefined) {
		await keep.put(simulation);
	} else {
		found += 1;
	}
}

const report = describeSimulations(simulations, {seconds: (performance.now() - startedMs) / 1000, found});
process.stdout.write(report);
if (values.report !== undefined) {
	await mkdir(values.report, {recursive: true});
	await writeFile(path.join(values.report, 'simulation.svg'), drawWeeks(simulations));
	await writeFile(path.join(values.report, 'simulation.md'), `${report}\n![Mean earnings a paid message, week by week](simulation.svg)\n`);
}

process.exitCode = verdictOf(simulations).length === 0 ? 0 : 1;
