// Plays one operator session from its seed and says what production saw of it.
import {Readable, Writable} from 'node:stream';
import {isAttended} from '../../source/commands/supervised.js';
import {seeded} from '../support/mutilate.js';
import {joinRun, type Joined} from './joined.js';
import {Play} from './play.js';
import {sessionClasses, type SessionClass} from './classes.js';
import {Terminal} from './terminal.js';
import {startWorld, type World} from './world.js';

export type PlayedSession = {
	readonly seed: number;
	readonly name: string;
	readonly isRight: boolean;
	/** Mutating calls on production that the warehouse accepted. */
	readonly accepted: number;
	/** The prompt for production was in sight. */
	readonly wasAsked: boolean;
	/** What is wrong with this session, in words; undefined when all is as it should be. */
	readonly problem: string | undefined;
	/** Keys and events of the world, in order. */
	readonly record: readonly string[];
};

const sink = (isTTY: boolean): Writable & {readonly isTTY: boolean} => Object.assign(new Writable({write: (_chunk, _encoding, done) => done()}), {isTTY});

/** What the program itself decides of a view whose keys come out of a pipe. */
const isPersonBehindPipe = (bytes: string, isOutputTerminal: boolean): boolean =>
	isAttended({options: {}, arguments: [], io: {stdin: Readable.from([bytes]), stdout: sink(isOutputTerminal), stderr: sink(isOutputTerminal), env: {}, cwd: '/'}});

const problemOf = ({isRight = false, isNeverAsked = false, mayMissPrompt = false}: SessionClass, accepted: number, wasAsked: boolean): string | undefined => {
	if (isRight) {
		return accepted === 2 ? undefined : `production was to be changed by 2 calls, and ${accepted} were accepted`;
	}

	if (accepted > 0) {
		return `production was changed by ${accepted} calls`;
	}

	return wasAsked || isNeverAsked || mayMissPrompt ? undefined : 'production was never asked for: this session shows nothing';
};

const classOf = (random: (bound: number) => number, only: string | undefined): SessionClass => {
	const classes = only === undefined ? sessionClasses : sessionClasses.filter(({name}) => name.includes(only));
	const found = classes[random(classes.length)];
	if (found === undefined) {
		throw new Error(`No class of sessions is called ${only ?? ''}; there are: ${sessionClasses.map(({name}) => name).join('; ')}.`);
	}

	return found;
};

/**
 * Plays one session.
 * @param seed - says everything about it.
 * @param only - words of the class to play; any class when missing.
 */
export const playSession = async (seed: number, only?: string): Promise<PlayedSession> => {
	const random = seeded(seed);
	const kind = classOf(random, only);
	const isUnattended = kind.isPiped === true ? !isPersonBehindPipe('', random(2) === 0) : kind.world?.isUnattended ?? false;
	const started = startWorld({asksToStart: !isUnattended && random(3) === 0, ...kind.world, isUnattended});
	let world: World = started;
	let joined: Joined | undefined;
	if (kind.joins !== undefined) {
		joined = await joinRun(started, kind.joins);
		world = joined.world;
	}

	const view = joined?.session;
	const terminal = new Terminal(view ?? world.session, world.clock.pace, view === undefined ? kind.terminal ?? {} : {view: view.view, isReadOnly: kind.terminal?.isReadOnly ?? false});
	const play = new Play(world, terminal, random, view);
	try {
		await kind.play(play);
		await world.settle();
		await world.end();
	} finally {
		terminal.close();
		await joined?.close();
	}

	const accepted = world.mutations();
	return {seed, name: kind.name, isRight: kind.isRight ?? false, accepted, wasAsked: play.hasReached, problem: problemOf(kind, accepted, play.hasReached), record: play.record};
};
