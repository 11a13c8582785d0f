// npm run simulate: weeks of pages on the embedded warehouse, every rule checked, and the selector's earnings against other
// ways of choosing. Ends with 1 when a rule is broken, the arms drift, or the selector does not earn more.
//   --weeks 12 --pages 38 --captions <number> --seed 1 --report <folder>
import {mkdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {parseArgs} from 'node:util';
import {simulate} from './simulate.js';
import {describeSimulation, drawWeeks, verdictOf} from './report.js';

const {values} = parseArgs({options: {weeks: {type: 'string', default: '12'}, pages: {type: 'string', default: '38'}, captions: {type: 'string'}, seed: {type: 'string', default: '1'}, report: {type: 'string'}}});

const readCount = (flag: 'weeks' | 'pages' | 'captions' | 'seed', lowest: number, highest: number, fallback: number): number => {
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
const captions = readCount('captions', 60, 50_000, Math.max(240, Math.ceil((pages * 2700) / 38)));
const seed = readCount('seed', 0, 1_000_000, 1);
const startedMs = performance.now();
const simulation = await simulate({weeks, pages, captions, seed, onWeek: line => process.stderr.write(`${line}\n`)});
const report = describeSimulation(simulation, (performance.now() - startedMs) / 1000);
process.stdout.write(report);
if (values.report !== undefined) {
	await mkdir(values.report, {recursive: true});
	await writeFile(path.join(values.report, 'simulation.svg'), drawWeeks(simulation));
	await writeFile(path.join(values.report, 'simulation.md'), `${report}\n![Mean earnings a paid message, week by week](simulation.svg)\n`);
}

process.exitCode = verdictOf(simulation).length === 0 ? 0 : 1;
