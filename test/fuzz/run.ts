// 10,000 random operator sessions against production: none that lacks a piece of an approval may change it.
// Sessions that lack nothing come on top: they have to change it, or the others would show nothing.
// Usage: npm run test:fuzz [-- --sessions N --seed N --class WORDS]. One session again: npm run test:fuzz -- --only SEED.
import process from 'node:process';
import {parseArgs} from 'node:util';
import {playSession, type PlayedSession} from './session.js';
import {sessionClasses} from './classes.js';

const {values} = parseArgs({options: {sessions: {type: 'string', default: '10000'}, seed: {type: 'string', default: '1'}, class: {type: 'string'}, only: {type: 'string'}}});
const whole = (option: string, text: string): number => {
	if (!/^\d{1,9}$/.test(text)) {
		process.stderr.write(`--${option} ${text}: a whole number is wanted, such as --${option} 1.\n`);
		process.exit(2);
	}

	return Number(text);
};

const first = whole('seed', values.only ?? values.seed);
const sessions = values.only === undefined ? whole('sessions', values.sessions) : 1;
const isRight = (name: string): boolean => sessionClasses.find(kind => kind.name === name)?.isRight === true;
const startedMs = performance.now();
const tally = new Map(sessionClasses.map(({name}) => [name, {sessions: 0, asked: 0, accepted: 0}]));
const failed: PlayedSession[] = [];
let seed = first;
for (let lacking = 0; lacking < sessions; seed += 1) {
	const played = await playSession(seed, values.class);
	const row = tally.get(played.name)!;
	row.sessions += 1;
	lacking += Number(!played.isRight || values.only !== undefined);
	row.asked += Number(played.wasAsked);
	row.accepted += played.accepted;
	if (played.problem !== undefined) {
		failed.push(played);
	}
}

const print = (line: string): void => {
	process.stdout.write(`${line}\n`);
};

const width = Math.max(...[...tally.keys()].map(name => name.length));
print(`${'class'.padEnd(width)}  sessions  prompted  accepted`);
for (const [name, row] of [...tally].filter(([, {sessions: played}]) => played > 0)) {
	print(`${name.padEnd(width)}  ${String(row.sessions).padStart(8)}  ${String(row.asked).padStart(8)}  ${String(row.accepted).padStart(8)}`);
}

for (const played of failed.slice(0, 5)) {
	const {name, problem, record} = played;
	print(`\nseed ${played.seed}, ${name}: ${problem ?? ''}\n  ${record.join(' ')}\n  again: npm run test:fuzz -- --only ${played.seed}`);
}

const wrong = [...tally].filter(([name]) => !isRight(name));
const right = [...tally].filter(([name]) => isRight(name));
const sum = (rows: typeof wrong, of: 'sessions' | 'accepted'): number => rows.reduce((total, [, row]) => total + row[of], 0);
print(`\n${sum(wrong, 'accepted')} mutating calls accepted in ${sum(wrong, 'sessions')} sessions that lacked a piece, ${sum(right, 'accepted')} in ${sum(right, 'sessions')} that lacked none`);
print(`seeds ${first} to ${seed - 1}, ${Math.round((performance.now() - startedMs) / 1000)} s`);
print(`${seed - first - failed.length} passed, ${failed.length} failed`);
process.exitCode = failed.length === 0 ? 0 : 1;
