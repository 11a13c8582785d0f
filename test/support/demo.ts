// Plays a scenario in this terminal: npx tsx test/support/demo.ts <scenario> [mode]
// held: the run never settles. idle: SIGUSR2 sets the title after two quiet seconds. The other modes do something when the
// run is paused: throw and reject where nobody catches, exit in the middle, break a component, lose the run's process, fail to write.
import '../../source/preflight.js';
import process from 'node:process';
import type {ScenarioName} from './scenarios/index.js';

// As the program does: what reads the environment when it is loaded has to wait for the preflight, also in a bundle.
const [{exitSummary}, {mountScreen}, {scenarioSession}, {scenario, scenarioNames}] = await Promise.all([
	import('../../source/report/exit-summary.js'),
	import('../../source/tui/mount.js'),
	import('./scenario-session.js'),
	import('./scenarios/index.js'),
]);

const name = (process.argv[2] ?? 'lanes') as ScenarioName;
if (!scenarioNames.includes(name)) {
	process.stderr.write(`Scenarios: ${scenarioNames.join(', ')}\n`);
	process.exit(2);
}

const mode = process.argv[3];
let isBroken = false;
let lose: () => void = () => undefined;
const lost = new Promise<void>(resolve => {
	lose = resolve;
});

const misbehave: Readonly<Record<string, () => void>> = {
	throw() {
		throw new Error('thrown where nobody catches');
	},
	reject: () => void Promise.reject(new Error('rejected where nobody handles')),
	exit: () => process.exit(3),
	break() {
		isBroken = true;
	},
	lost: () => lose(),
	epipe: () => void process.stdout.emit('error', Object.assign(new Error('write EPIPE'), {code: 'EPIPE'})),
};

const played = scenarioSession(scenario(name), (intent, self) => {
	if (intent.type === 'pause') {
		misbehave[mode ?? '']?.();
	}

	if (mode !== 'held' && (intent.type === 'drain' || intent.type === 'cancel')) {
		self.finish(130);
	}
});
const session = {...played, state() {
	if (isBroken) {
		// A state no reducer makes: the component that draws it throws.
		return {...played.state(), get window(): never {
			throw new Error('a component broke on purpose');
		}};
	}

	return played.state();
}};
if (mode === 'idle') {
	process.on('SIGUSR2', () => setTimeout(() => process.stdout.write('\u001B]0;idle 2000\u0007'), 2000));
}

const every = (ms: number, tick: () => void): Disposable => {
	const timer = setInterval(tick, ms);
	return {[Symbol.dispose]: () => clearInterval(timer)};
};

try {
	const end = await mountScreen({session, clock: {monotonic: () => performance.now(), every}, stdin: process.stdin, stdout: process.stdout, env: process.env, lost});
	process.stdout.write(exitSummary(session.state(), {journalPath: '/state/runs/7f3a91c2/journal.ndjson', width: process.stdout.columns}));
	process.stdout.write(`intents ${JSON.stringify(session.intents)}\nended ${end.reason}\n`);
	process.exitCode = end.exitCode;
} catch (error) {
	// As the program does with an error that is its own.
	process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
	process.exitCode = 70;
}
