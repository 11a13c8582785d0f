// `npm run test:chaos`: whole rehearsals that are killed at event boundaries until every chosen death has happened, then
// compared with one that nobody disturbed. Seeded; `--seed N` replays a failure.
//   --kills N   deaths in all (default 200)      --all    1,000 deaths
//   --rounds N  rehearsals they are spread over  --seed N
//   --side N    rehearsals at a time (default 1: that is how long a resume takes a person; 2 are through sooner)
//   --within N  seconds after which nobody dies any more: the rehearsals come to their end undisturbed
import {cp, mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {parseArgs} from 'node:util';
import {placeOf, type Death} from '../../source/commands/die-at.js';
import type {JournaledEvent} from '../../source/domain/events.js';
import {isProcessAlive} from '../../source/host/process-identity.js';
import {createSeededRandom} from '../../source/host/random.js';
import {readEndpoint} from '../../source/supervisor/endpoint.js';
import {readEvidence, type Evidence} from './evidence.js';
import {installPackage, openView, runCli} from './view.js';

const {values: flags} = parseArgs({options: {kills: {type: 'string', default: '200'}, rounds: {type: 'string'}, all: {type: 'boolean', default: false}, side: {type: 'string', default: '1'}, seed: {type: 'string', default: '1'}, start: {type: 'string', default: '2025-11-03T20:17:00Z'}, within: {type: 'string'}}});
const kills = flags.all ? 1000 : Number(flags.kills);
const rounds = Number(flags.rounds ?? Math.max(1, Math.ceil(kills / 100)));
const seed = Number(flags.seed);
const deadlineMs = flags.within === undefined ? Number.POSITIVE_INFINITY : performance.now() + Number(flags.within) * 1000;
const isOver = (): boolean => performance.now() > deadlineMs;

type Kind = 'supervisor' | 'warehouse' | 'view' | 'both';

type Planned = Death & {readonly kind: Kind};

/** The package, installed: a killed rehearsal would start the tests and the compiler of a checkout again with each life. */
let installation: string | undefined;

const say = (text: string): void => {
	process.stdout.write(`${text}\n`);
};

const environment = (home: string, extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv => {
	const {CI: _ci, ...rest} = process.env;
	return {...rest, HOME: home, EROS_HOME: path.join(home, 'eros'), XDG_STATE_HOME: undefined, XDG_DATA_HOME: undefined, EROS_INSTALLATION: installation, ...extra};
};

const folderOf = (home: string, run: string): string => path.join(home, 'eros', 'state', 'of-scheduler-proj.eros_scheduling_brain', 'runs', run);

const readEvents = async (folder: string): Promise<readonly JournaledEvent[]> =>
	(await readFile(path.join(folder, 'journal.ndjson'), 'utf8')).split('\n').filter(line => line !== '').map(line => JSON.parse(line) as JournaledEvent);

const stopWarehouse = async (home: string, run: string): Promise<void> => {
	await runCli(['warehouse', 'stop'], {...environment(home), EROS_HOME: path.join(folderOf(home, run), 'private')});
};

/** Places of a run at which it can die: every event, by its step and its number there. */
const placesOf = (events: readonly JournaledEvent[]): readonly string[] => {
	const seen = new Map<string, number>();
	const places: string[] = [];
	for (const event of events) {
		// What views say of themselves comes and goes with the views.
		if (event.type.startsWith('view.') || event.type.startsWith('control.') || event.type === 'run.started') {
			continue;
		}

		const key = `${event.step ?? 'run'}/${event.type}`;
		seen.set(key, (seen.get(key) ?? 0) + 1);
		places.push(placeOf(event.step, event.type, seen.get(key) ?? 1));
	}

	return places;
};

const plan = (places: readonly string[], count: number, random: () => number): readonly Planned[] => {
	const pool = [...places];
	const chosen: Planned[] = [];
	while (chosen.length < count && pool.length > 0) {
		const [at] = pool.splice(Math.floor(random() * pool.length), 1);
		const draw = random();
		const kind: Kind = draw < 0.55 ? 'supervisor' : draw < 0.7 ? 'both' : draw < 0.85 ? 'warehouse' : 'view';
		chosen.push({at: at!, when: random() < 0.5 ? 'before' : 'after', victim: kind === 'warehouse' ? 'warehouse' : 'supervisor', done: false, kind});
	}

	return chosen;
};

type Round = {readonly events: readonly JournaledEvent[]; readonly evidence: Evidence; readonly deaths: Readonly<Record<Kind, number>>; readonly resumeMs: readonly number[]; readonly folder: string; readonly code: number | undefined};

/** One rehearsal from its start to its end, killed wherever the plan says. Its warehouse ends with it, whatever happens. */
const rehearse = async (home: string, planned: readonly Planned[]): Promise<Round> => {
	let started: string | undefined;
	try {
		return await play(home, planned, run => {
			started = run;
		});
	} finally {
		if (started !== undefined) {
			await stopWarehouse(home, started);
		}
	}
};

const play = async (home: string, planned: readonly Planned[], onRun: (run: string) => void): Promise<Round> => {
	await mkdir(home, {recursive: true});
	const file = path.join(home, 'deaths.json');
	// Views are killed from here: they are not the ones who write.
	await writeFile(file, JSON.stringify(planned.filter(({kind}) => kind !== 'view').map(({kind: _kind, ...death}) => death)));
	const env = environment(home, {EROS_DEATHS: file});
	const viewDeaths = new Set(planned.filter(({kind}) => kind === 'view').map(({at}) => at));
	const both = new Set(planned.filter(({kind}) => kind === 'both').map(({at}) => at));
	const deaths = {supervisor: 0, warehouse: 0, view: 0, both: 0};
	const resumeMs: number[] = [];
	let run: string | undefined;
	let seq = 0;
	let code: number | undefined;
	const seen = new Map<string, number>();
	let next: readonly string[] = ['rehearse', '--keep', '--start', flags.start];
	for (let life = 1; ; life += 1) {
		if (life > planned.length * 2 + 20) {
			throw new Error(`run ${run ?? '?'} does not come to its end: life ${life}, last talk: ${JSON.stringify(next)}`);
		}

		let isViewKilled = false;
		const isResume = next.includes('--resume');
		const view = openView(next, isOver() ? environment(home) : env, seq, event => {
			run = event.run;
			seq = event.seq;
			onRun(event.run);
			const key = `${event.step ?? 'run'}/${event.type}`;
			seen.set(key, (seen.get(key) ?? 0) + 1);
			if (viewDeaths.delete(placeOf(event.step, event.type, seen.get(key) ?? 1)) && !isViewKilled && !isOver()) {
				isViewKilled = true;
				deaths.view += 1;
				view.child.kill('SIGKILL');
			}
		});
		code = await view.exit;
		const first = view.firstNewMs();
		if (isResume && first !== undefined) {
			resumeMs.push(first);
		}

		if (run === undefined) {
			throw new Error(`the rehearsal did not begin: exit ${String(code)}\n${view.talk()}`);
		}

		const folder = folderOf(home, run);
		const endpoint = await readEndpoint(folder);
		const isAlive = endpoint !== undefined && isProcessAlive(endpoint);
		if (isViewKilled && isAlive) {
			next = ['attach', run];
			continue;
		}

		const finished = (await readEvents(folder).catch((): readonly JournaledEvent[] => [])).findLast((event): event is Extract<JournaledEvent, {readonly type: 'run.finished'}> => event.type === 'run.finished');
		// A view that is killed in a run's last moments has no exit code to give.
		if (finished?.data.exitCode === 0 && (code === 0 || isViewKilled)) {
			break;
		}

		if (isAlive) {
			next = ['attach', run];
			continue;
		}

		if (finished !== undefined && finished.data.outcome !== 'aborted') {
			throw new Error(`run ${run} ended with ${finished.data.outcome}, its view with ${String(code)}: ${finished.data.sentence}`);
		}

		next = ['rehearse', '--keep', '--resume', run];
	}

	const done = JSON.parse(await readFile(file, 'utf8')) as readonly Death[];
	for (const death of done.filter(candidate => candidate.done)) {
		deaths[death.victim === 'warehouse' ? 'warehouse' : both.has(death.at) ? 'both' : 'supervisor'] += 1;
	}

	const folder = folderOf(home, run);
	const events = await readEvents(folder);
	const evidence = await readEvidence(folder, events, environment(home));
	const verified = await runCli(['verify', run], environment(home));
	if (verified.code !== 0) {
		throw new Error(`verify of run ${run}: ${verified.stdout}${verified.stderr}`);
	}

	return {events, evidence, deaths, resumeMs, folder, code};
};

const differences = (what: string, expected: readonly string[], found: readonly string[]): readonly string[] => [
	...expected.filter(line => !found.includes(line)).map(line => `${what} missing or other: ${line.slice(0, 200)}`),
	...found.filter(line => !expected.includes(line)).map(line => `${what} unexpected: ${line.slice(0, 200)}`),
];

/** Everything in which a killed rehearsal differs from an undisturbed one. */
const judge = (baseline: Evidence, found: Evidence): readonly string[] => {
	const allowed = new Map<string, number>();
	for (const [key, count] of baseline.changes) {
		const name = key.slice(0, key.lastIndexOf(' '));
		allowed.set(name, Math.max(allowed.get(name) ?? 0, count));
	}

	const twice = [...found.changes].filter(([key, count]) => count > (allowed.get(key.slice(0, key.lastIndexOf(' '))) ?? 1)).map(([key, count]) => `job run ${count} times: ${key}`);
	const messages = [...found.messages].filter(([, count]) => count > 1).map(([key, count]) => `message given out ${count} times: ${key}`);
	return [...twice, ...messages, ...differences('table', baseline.tables, found.tables), ...differences('definition', baseline.definitions, found.definitions)];
};

const percentile = (values: readonly number[], share: number): number => [...values].sort((a, b) => a - b)[Math.max(0, Math.ceil(values.length * share) - 1)] ?? 0;

const home = await mkdtemp(path.join(tmpdir(), 'eros-chaos-'));
const random = createSeededRandom(seed);
const startedMs = performance.now();
let failed = 0;
let passed = 0;
const check = (isGood: boolean, text: string): void => {
	say(`${isGood ? '✓' : '✗'} ${text}`);
	if (isGood) {
		passed += 1;
	} else {
		failed += 1;
	}
};

const totals = {supervisor: 0, warehouse: 0, view: 0, both: 0};
const resumes: number[] = [];
let isKept = false;
try {
	installation = await installPackage(path.join(home, 'installed'));
	const baseline = await rehearse(path.join(home, 'baseline'), []);
	const places = placesOf(baseline.events);
	say(`undisturbed rehearsal: ${baseline.events.length} events, ${places.length} places to die at, ${Math.round((performance.now() - startedMs) / 1000)} s`);
	const plans = Array.from({length: rounds}, () => plan(places, Math.round(kills / rounds), random));
	const runRound = async (round: number): Promise<void> => {
		const folder = path.join(home, `round-${round}`);
		const roundStartedMs = performance.now();
		try {
			const result = await rehearse(folder, plans[round - 1]!);
			for (const kind of ['supervisor', 'warehouse', 'view', 'both'] as const) {
				totals[kind] += result.deaths[kind];
			}

			resumes.push(...result.resumeMs);
			const problems = judge(baseline.evidence, result.evidence);
			check(problems.length === 0, `round ${round}: ${Object.values(result.deaths).reduce((sum, count) => sum + count, 0)} deaths in ${Math.round((performance.now() - roundStartedMs) / 1000)} s: 0 duplicate jobs, 0 duplicate messages, catalog and contents as undisturbed`);
			for (const problem of problems.slice(0, 20)) {
				say(`    ${problem}`);
			}

			isKept ||= problems.length > 0;
			if (problems.length === 0) {
				await rm(folder, {recursive: true, force: true});
			}
		} catch (error) {
			isKept = true;
			check(false, `round ${round}: ${error instanceof Error ? error.message : String(error)}`);
			say(`    replay with: npm run test:chaos -- --kills ${kills} --rounds ${rounds} --seed ${seed}`);
		}
	};

	// More than one at a time goes faster over all; one alone shows how long a resume takes a person.
	let next = 1;
	const worker = async (): Promise<void> => {
		for (let round = next; round <= rounds; round = next) {
			next += 1;
			await runRound(round);
		}
	};

	await Promise.all(Array.from({length: Number(flags.side)}, worker));
} catch (error) {
	check(false, `the undisturbed rehearsal: ${error instanceof Error ? error.message : String(error)}`);
} finally {
	if (isKept) {
		const kept = path.join(tmpdir(), `eros-chaos-failed-${seed}`);
		await rm(kept, {recursive: true, force: true});
		await cp(home, kept, {recursive: true, filter: source => !source.endsWith('.sock') && source !== path.join(home, 'installed')});
		say(`    what it left: ${kept}`);
	}

	await rm(home, {recursive: true, force: true});
}

const all = Object.values(totals).reduce((sum, count) => sum + count, 0);
say(`deaths: ${all} (supervisor ${totals.supervisor}, supervisor and view ${totals.both}, warehouse ${totals.warehouse}, view ${totals.view})   manual unlocks: 0, there is no such command`);
say(`resume to a usable screen: p50 ${Math.round(percentile(resumes, 0.5))} ms, p95 ${Math.round(percentile(resumes, 0.95))} ms over ${resumes.length} resumes, ${flags.side} at a time (budget 2000 with 1)   seed ${seed}   ${Math.round((performance.now() - startedMs) / 1000)} s`);
if (isOver()) {
	say(`  ${all} of ${kills} planned deaths happened: ${flags.within} s were given for them`);
} else {
	check(all >= kills * 0.9, `${all} of ${kills} planned deaths happened`);
}

say(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
