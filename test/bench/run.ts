// Prints the budget table of the design with what this machine does. Measures; never fails for being slow.
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {Listr} from 'listr2';
import {DuckDBInstance} from '@duckdb/node-api';
import {jobId, phaseId, taskId, runId} from '../../source/domain/ids.js';
import {foldEvents} from '../../source/domain/run-reducer.js';
import {createScheduler} from '../../source/engine/scheduler.js';
import {analyzeStatement, parseStatement} from '../../source/googlesql/index.js';
import {isProcessAlive, thisProcess} from '../../source/host/process-identity.js';
import {createSystemClock} from '../../source/host/system-clock.js';
import {openJournal, readJournal} from '../../source/journal/index.js';
import {callTimes, median, processMs, quantile} from './measure.js';
import {orchestrateSample} from './orchestrate.js';
import {readScale, timeScales} from './scale.js';
import {whileServed} from './served.js';
import {execute, names, openSample, timedStatements} from './warehouse.js';

type Line = {readonly what: string; readonly budget: string; readonly measured: string; readonly peer: string; readonly isWithin: boolean | undefined};

const lines: Line[] = [];
const ms = (value: number): string => (value < 10 ? `${value.toFixed(2)} ms` : value < 1000 ? `${value.toFixed(0)} ms` : `${(value / 1000).toFixed(2)} s`);
const note = (what: string, budgetMs: number, measuredMs: number, peer = ''): void => {
	lines.push({what, budget: `<= ${ms(budgetMs)}`, measured: ms(measuredMs), peer, isWithin: measuredMs <= budgetMs});
};

const ratio = (a: number, b: number): string => `${(a / b).toFixed(2)} x`;

const benchStartUp = (): void => {
	const bare = processMs(['-e', '0'], 9);
	for (const flag of ['--version', '--help']) {
		const own = processMs(['dist/cli.js', flag], 9);
		lines.push({what: `eros-tui ${flag}`, budget: '<= 1.60 x', measured: ms(own), peer: `${ratio(own, bare)} of bare node (${ms(bare)})`, isWithin: own / bare <= 1.6});
	}
};

const benchScheduler = async (): Promise<void> => {
	const count = 10_000;
	const run = (): void => {
		const scheduler = createScheduler(Array.from({length: count}, (_, index) => ({id: taskId(String(index)), dependsOn: index === 0 ? [] : [taskId(String(index - 1))]})));
		while (!scheduler.isDone()) {
			for (const id of scheduler.startable().slice(0, 1)) {
				scheduler.start(id);
				scheduler.settle(id);
			}
		}
	};

	const own = median(await callTimes(run, 3));
	const peer = median(await callTimes(async () => new Listr(Array.from({length: count}, () => ({title: 'step', task: () => undefined})), {renderer: 'silent'}).run(), 1));
	note('scheduler, each of 10,000 no-op steps', 0.02, own / count, `${ratio(own, peer)} of listr2 (${ms(peer / count)} a step)`);
};

const benchJournal = async (): Promise<void> => {
	const folder = await mkdtemp(path.join(tmpdir(), 'eros-tui-bench-'));
	const file = path.join(folder, 'journal.ndjson');
	const journal = await openJournal({path: file, run: runId('bench001'), clock: createSystemClock(), writer: thisProcess(), isAlive: isProcessAlive, actor: 'bench'});
	// What most of a long run is made of: jobs, from intent to end, and a line about each.
	const task = taskId('5.2');
	const pending: Promise<unknown>[] = [journal.append({type: 'run.started', data: {run: runId('bench001'), command: 'monitor', version: '1', target: {kind: 'embedded', ...names}, window: {phases: [{id: phaseId('5'), title: 'bench', tasks: [{id: task, title: 'bench', phase: phaseId('5'), dependsOn: [], stepClass: 'probe', criteria: [], expectedMs: 1, isSkippable: false, needsApproval: false, undo: ''}]}]}, costCapMicros: 1, stagingDataset: 's', artifacts: '/a'}}), journal.append({type: 'step.started', data: {task, attempt: 1}})];
	for (let index = 0; pending.length < 100_000; index += 1) {
		const job = jobId(`eros_bench001_1_52_s${index}_9f2c5e01ab37_a1`);
		pending.push(
			journal.append({type: 'job.intended', data: {task, job, statement: `read the health, sample ${index}`, sqlSha256: '9f2c5e01ab37'.repeat(5), mutates: false}}, {step: task, attempt: 1}),
			journal.append({type: 'job.accepted', data: {task, job, adopted: false}}, {step: task, attempt: 1}),
			journal.append({type: 'job.finished', data: {task, job: {id: job, statement: `read the health, sample ${index}`, state: 'DONE', durationMs: 412, billedBytes: 10_485_760}}}, {step: task, attempt: 1}),
			journal.append({type: 'log.written', data: {level: 'info', text: `line ${index} of a long run`}}),
		);
	}

	await Promise.all(pending);
	await journal.close();
	const times = await callTimes(async () => foldEvents((await readJournal(file)).events), 3);
	note('read, verify and fold a journal of 100,000 events', 2000, median(times));
	await rm(folder, {recursive: true});
};

const benchLanguage = async (): Promise<void> => {
	const text = 'SELECT page_name, part, COUNT(*) AS hits, SUM(x) AS total, RANK() OVER (PARTITION BY part ORDER BY SUM(x) DESC) AS place FROM (SELECT CONCAT("page_", CAST(i AS STRING)) AS page_name, i AS x, MOD(i, 7) AS part FROM UNNEST(GENERATE_ARRAY(1, 100)) AS i) GROUP BY page_name, part HAVING COUNT(*) > 0 QUALIFY place < 5 ORDER BY total DESC LIMIT 10';
	const options = {text, catalog: {findTable: () => undefined, findRoutine: () => undefined}, project: names.project};
	const times = await callTimes(() => analyzeStatement(parseStatement(text), options), 500);
	note('GoogleSQL parse and analyze, a statement', 1, median(times));
};

const benchWarehouse = async (): Promise<void> => {
	const {database, loadMs, deployMs, statements} = await openSample();
	note('sample data: 63,000 messages, 45,000 captions', 5000, loadMs);
	lines.push({what: `deploy all ${statements.length} objects, in process`, budget: '', measured: ms(deployMs), peer: '', isWithin: undefined});
	for (const [what, budgetMs, sql] of timedStatements()) {
		note(what, budgetMs, median(await callTimes(async () => execute(database, sql), 3)));
	}

	const raw = await DuckDBInstance.create(':memory:');
	const connection = await raw.connect();
	const rawMs = median(await callTimes(async () => connection.runAndReadAll('SELECT 1'), 200));
	const own = await callTimes(async () => execute(database, 'SELECT 1'), 200);
	lines.push({what: 'SELECT 1 in process', budget: '', measured: ms(median(own)), peer: `${ratio(median(own), rawMs)} of raw DuckDB (${ms(rawMs)})`, isWithin: undefined});
	connection.closeSync();

	await whileServed(database, async client => {
		const trips = await callTimes(async () => client.warehouse.query('SELECT 1'), 200);
		note('REST round trip of SELECT 1 through the client', 6, median(trips), `p95 ${ms(quantile(trips, 0.95))}`);
		const {wallMs, processorMs, pages, messages} = await orchestrateSample(client);
		note(`orchestrate ${pages} pages, ${messages} messages, end to end`, 30_000, wallMs, `${ms(processorMs)} of processor time`);
	});
	await database.close();
};

const print = (): void => {
	const rows = lines.map(({what, budget, measured, peer, isWithin}) => [isWithin === undefined ? ' ' : isWithin ? '✓' : '✗', what, measured, budget, peer]);
	const widths = [0, 1, 2, 3, 4].map(column => Math.max(...rows.map(row => row[column]!.length)));
	process.stdout.write(`${rows.map(row => row.map((cell, column) => (column === 2 || column === 3 ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!))).join('  ').trimEnd()).join('\n')}\n`);
	const over = lines.filter(({isWithin}) => isWithin === false).length;
	process.stdout.write(`\n${lines.length} figures, ${over} over budget. Not measured here: key to paint, memory over 24 h, the whole rehearsal (its last lines give its time).\n`);
};

const scale = readScale(process.argv.slice(2));
if (scale === undefined) {
	benchStartUp();
	await benchScheduler();
	await benchJournal();
	await benchLanguage();
	await benchWarehouse();
	print();
} else {
	process.stdout.write(await timeScales(scale));
}
