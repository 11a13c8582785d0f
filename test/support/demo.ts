// Plays a scenario in this terminal: npx tsx test/support/demo.ts <scenario> [held|throw]
// held: the run settles only on SIGUSR2. throw: pausing throws where nobody catches.
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
const session = scenarioSession(scenario(name), (intent, self) => {
	if (mode === 'throw' && intent.type === 'pause') {
		throw new Error('thrown where nobody catches');
	}

	if (mode !== 'held' && (intent.type === 'drain' || intent.type === 'cancel')) {
		self.finish(130);
	}
});
if (mode === 'held') {
	process.on('SIGUSR2', () => session.finish(130));
}

const every = (ms: number, tick: () => void): Disposable => {
	const timer = setInterval(tick, ms);
	return {[Symbol.dispose]: () => clearInterval(timer)};
};

const end = await mountScreen({session, clock: {monotonic: () => performance.now(), every}, stdin: process.stdin, stdout: process.stdout, env: process.env});
process.stdout.write(exitSummary(session.state(), {journalPath: '/state/runs/7f3a91c2/journal.ndjson'}));
process.stdout.write(`intents ${JSON.stringify(session.intents)}\nended ${end.reason}\n`);
process.exitCode = end.exitCode;
