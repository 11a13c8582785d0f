// 1,000 single-byte changes in the journal of a real rehearsal, each shown to `eros-tui verify`; a handful through the built
// program. Every bit of a byte may change, anywhere: in text, in hashes, in line feeds.
// Usage: npm run test:flips [-- <home with a finished rehearsal>] [--seed N]. Without a home it rehearses first.
import {spawnSync} from 'node:child_process';
import {cp, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {parseArgs} from 'node:util';
import {run as verify} from '../../source/commands/verify.js';
import {findRun} from '../../source/journal/index.js';
import {runCaptured} from '../support/captured-command.js';
import {flip} from '../support/mutilate.js';

const {values, positionals} = parseArgs({allowPositionals: true, options: {seed: {type: 'string', default: '1'}}});
const first = Number(values.seed);
const count = 1000;
const throughProgram = 8;
const program = path.resolve(import.meta.dirname, '../../dist/cli.js');
const home = await mkdtemp(path.join(tmpdir(), 'eros-flips-'));
const env = {...process.env, EROS_HOME: home, HOME: home, CI: 'true'};

const fail = (text: string): never => {
	process.stderr.write(`${text}\n`);
	process.exit(1);
};

if (positionals[0] === undefined) {
	process.stdout.write('Rehearsing first; give a home with a finished rehearsal to skip that.\n');
	const {status, stdout, stderr} = spawnSync(process.execPath, [program, 'rehearse', '--plain'], {env, stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8', maxBuffer: 64 << 20});
	if (status !== 0) {
		fail(`The rehearsal ended with ${String(status)}:\n${stdout.split('\n').slice(-8).join('\n')}\n${stderr}`);
	}
} else {
	await cp(path.join(positionals[0], 'state'), path.join(home, 'state'), {recursive: true});
}

const found = await findRun({EROS_HOME: home}, undefined);
if (found.kind !== 'found') {
	fail('There is no run to damage.');
}

const {journal, run} = (found as Extract<typeof found, {readonly kind: 'found'}>).run;
const good = await readFile(journal);
const sound = await runCaptured(verify, {EROS_HOME: home}, [run]);
process.stdout.write(sound.stdout);
if (sound.code !== 0) {
	fail('The journal is not sound to begin with.');
}

const throughBuild = (): {readonly code: number | null; readonly text: string} => {
	const {status, stdout} = spawnSync(process.execPath, [program, 'verify', run], {env, encoding: 'utf8'});
	return {code: status, text: stdout};
};

const inProcess = async (): Promise<{readonly code: number; readonly text: string}> => {
	const {code, stdout} = await runCaptured(verify, {EROS_HOME: home}, [run]);
	return {code, text: stdout};
};

const missed: string[] = [];
const places = new Set<number>();
for (let seed = first; seed < first + count; seed += 1) {
	const {detail, position, bytes} = flip(good, seed);
	places.add(position);
	await writeFile(journal, bytes);
	const {code, text} = seed < first + throughProgram ? throughBuild() : await inProcess();
	// Found is: the check says where, and names the chain. Any other way to end is none.
	if (code !== 1 || !text.includes('✗ chain')) {
		missed.push(`seed ${seed}: ${detail}, exit ${String(code)}`);
	}
}

await rm(home, {recursive: true, force: true});
process.stdout.write(`\n${count - missed.length} of ${count} single-byte changes detected, at ${places.size} places of ${good.length.toLocaleString('en-US')} bytes, ${throughProgram} of them by the built program\n`);
if (missed.length > 0) {
	fail(missed.join('\n'));
}
