// Plays a scenario in this terminal: npx tsx test/support/demo.ts <scenario>
import '../../source/preflight.js';
import process from 'node:process';
import {exitSummary} from '../../source/report/exit-summary.js';
import {mountScreen} from '../../source/tui/mount.js';
import {scenarioSession} from './scenario-session.js';
import {scenario, scenarioNames, type ScenarioName} from './scenarios/index.js';

const name = (process.argv[2] ?? 'lanes') as ScenarioName;
if (!scenarioNames.includes(name)) {
	process.stderr.write(`Scenarios: ${scenarioNames.join(', ')}\n`);
	process.exit(2);
}

const session = scenarioSession(scenario(name), (intent, self) => {
	if (intent.type === 'drain' || intent.type === 'cancel') {
		self.finish(130);
	}
});
const every = (ms: number, tick: () => void): Disposable => {
	const timer = setInterval(tick, ms);
	return {[Symbol.dispose]: () => clearInterval(timer)};
};

const end = await mountScreen({session, clock: {monotonic: () => performance.now(), every}, stdin: process.stdin, stdout: process.stdout, env: process.env});
process.stdout.write(exitSummary(session.state(), {journalPath: '/state/runs/7f3a91c2/journal.ndjson'}));
process.stdout.write(`intents ${JSON.stringify(session.intents)}\n`);
process.exitCode = end.exitCode;
