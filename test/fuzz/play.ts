// One operator at a terminal, drawn from a seed: what he presses, how long he takes, and a record of it for a replay.
import {formatPlanHash} from '../../source/domain/ids.js';
import type {Question} from '../../source/domain/events.js';
import {testHash, aProductionQuestion} from '../engine/support/test-run.js';
import type {Session} from '../../source/ports/session.js';
import type {Terminal} from './terminal.js';
import type {World} from './world.js';

/** The only words that deploy, while the plan is the frozen one. They end with a 2, which no stray key types. */
export const rightPhrase = aProductionQuestion(testHash).phrase;

export const enter = '\r';
export const esc = '\u001B';
export const pasted = (text: string): string => `${esc}[200~${text}${esc}[201~`;

/** Keys that mean something somewhere, parts of the phrase, and reflexes. None of them ends as the phrase does. */
const strayKeys = [
	enter, enter, enter, enter, esc, esc, '\t', ' ', '\u007F', '\u0015', '\u0017', '\u000C',
	'q', 'R', 'r', 'd', 'g', 'b', 'p', 's', 'e', 'a', 'w', 'H', 'h', '?', '/', 'f', 'F', 'j', 'k', 'n', 'y', 'Y', 'o', 'v', 'z', 'l', 't', '1', '3', '4', '5',
	'y\r', 'yes\r', 'YES', 'ok\r', 'deploy', 'deploy ', 'deploy test-project.eros ', rightPhrase.slice(0, -1), `${rightPhrase.slice(0, -1)}3\r`, 'qq', 'RR', '\r\r\r', '\r\n',
	pasted('yes\r'), pasted('y\n'), pasted(enter), `${esc}[200~`, `${esc}[201~`, `${esc}[A`, `${esc}[B`, `${esc}[Z`, `${esc}[`, 'ü', '界', '\u0000',
];
/** These make the right phrase of one that only has something behind it. */
const erasing = new Set(['\u007F', '\u0017']);
/** Ways out: rare, or most sessions would be over before they are dangerous. */
const ways = ['\u0003', '\u0003\u0003', '\u0003w', '\u0003c', '\u0003d', 'qd', 'qb', 'q'];

export class Play {
	readonly record: string[] = [];
	readonly world: World;
	readonly terminal: Terminal;
	readonly random: (bound: number) => number;
	/** The prompt for production stood in sight at least once. */
	hasReached = false;

	readonly #remote: Pick<Session, 'dispatch'> | undefined;

	constructor(world: World, terminal: Terminal, random: (bound: number) => number, remote?: Pick<Session, 'dispatch'>) {
		this.world = world;
		this.terminal = terminal;
		this.random = random;
		this.#remote = remote;
	}

	/** Says yes past the router: what a forged client of the socket could send. */
	forge(phrase: string): void {
		const question = this.question?.id ?? '';
		this.record.push(`forge confirm ${JSON.stringify(phrase)} of ${question}`);
		this.#remote?.dispatch({type: 'confirm', question, phrase});
	}

	get question(): Question | undefined {
		return this.world.session.state().questions[0];
	}

	pick<Item>(items: readonly Item[]): Item {
		return items[this.random(items.length)]!;
	}

	/** True so many times in a hundred. */
	chance(percent: number): boolean {
		return this.random(100) < percent;
	}

	/** One chunk, as one read of the terminal. */
	press(chunk: string): void {
		this.record.push(JSON.stringify(chunk));
		this.terminal.press(chunk);
	}

	/** A key after the other, each in a chunk of its own. */
	type(text: string, gapMs = 1 + this.random(40)): void {
		for (const character of text) {
			this.press(character);
			this.world.clock.pace.advance(gapMs);
		}
	}

	async wait(ms: number): Promise<void> {
		this.record.push(`wait ${ms} ms`);
		this.world.clock.pace.advance(ms);
		await this.world.settle();
	}

	/** The machine sleeps: the wall moves, and no timer fires. */
	sleep(ms: number): void {
		this.record.push(`sleep ${ms} ms`);
		this.world.clock.jump(ms);
	}

	/** Somebody signs the plan; the run has looked at the job list since. */
	async sign(user: string, hash = testHash): Promise<void> {
		this.record.push(`${user} signs ${hash}`);
		this.world.sign(user, hash);
		await this.wait(3000 + this.random(3000));
	}

	change(name: string, text: string): void {
		this.record.push(`change ${name}`);
		this.world.change(name, text);
	}

	async settle(): Promise<void> {
		await this.world.settle();
		this.terminal.store.flush();
	}

	/** Starts the run where it asks for that, and goes on until production is asked for, with the prompt just in sight. */
	async reach(): Promise<boolean> {
		await this.settle();
		if (this.question?.kind === 'start') {
			await this.wait(500 + this.random(500));
			this.press(enter);
			await this.settle();
		}

		if (this.world.warehouse.hold) {
			this.world.warehouse.hold = false;
			this.world.warehouse.release();
			await this.settle();
		}

		this.hasReached ||= this.question?.kind === 'production';
		return this.question?.kind === 'production';
	}

	/** Until keys count: what came up is shown first, and only then does its time begin. */
	async arm(): Promise<void> {
		await this.settle();
		await this.wait(500 + this.random(2000));
	}

	/** Stray keys, with pauses around the moment at which a prompt arms. */
	async stray(count: number, {canLeave = true, canErase = true} = {}): Promise<void> {
		const keys = canErase ? strayKeys : strayKeys.filter(key => !erasing.has(key));
		for (let key = 0; key < count; key += 1) {
			this.press(canLeave && this.random(60) === 0 ? this.pick(ways) : this.pick(keys));
			if (this.chance(40)) {
				await this.wait(this.pick([0, 5, 25, 100, 260, 499, 500, 501, 700, 3100]));
			} else if (this.chance(30)) {
				await this.settle();
			}
		}
	}

	/** Looks, mistypings and corrections of somebody who means it: nothing that answers. */
	async hesitate(): Promise<void> {
		switch (this.random(5)) {
			case 0: {
				this.press('deploi');
				this.press('\u0015');
				break;
			}

			case 1: {
				this.press('\t');
				await this.wait(30);
				this.press(esc);
				await this.wait(30);
				break;
			}

			case 2: {
				this.press('x');
				this.press('\u007F');
				break;
			}

			case 3: {
				await this.wait(this.random(60_000));
				break;
			}

			default: {
				this.press(`${esc}[A`);
				break;
			}
		}
	}
}

/** The phrase of a plan that is not this one, or of another place. */
export const otherPhrase = (play: Play): string => {
	const digits = Array.from({length: 8}, () => play.random(16).toString(16)).join('');
	return play.pick([
		`deploy test-project.eros ${digits === testHash ? '00000002' : digits}`,
		`deploy other-project.eros ${testHash}`,
		`deploy test-project.eros_copy ${testHash}`,
		`deploy test-project ${testHash}`,
		`ROLLBACK eros 20251103_170000`,
		`deploy test-project.eros ${formatPlanHash(testHash)}`,
		rightPhrase.toUpperCase(),
		`${rightPhrase} `,
		` ${rightPhrase}`,
		rightPhrase.replace('o', '\u043E'),
		rightPhrase.replace('-', '\u2011'),
		`${rightPhrase}${rightPhrase}`,
		`${rightPhrase.slice(0, -1)}\u200B2`,
	]);
};
