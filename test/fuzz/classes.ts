// Classes of operator sessions. Each wrong one lacks a piece of an approval by construction, whatever stray keys do; the
// right ones lack nothing and have to change production.
import {planHash} from '../../source/domain/ids.js';
import {approvalExpiresMs} from '../../source/engine/approval.js';
import {testHash} from '../engine/support/test-run.js';
import {enter, esc, otherPhrase, pasted, rightPhrase, type Play} from './play.js';
import type {Join} from './joined.js';
import type {TerminalOptions} from './terminal.js';
import type {WorldOptions} from './world.js';

export type SessionClass = {
	readonly name: string;
	/** Whether production has to be changed. */
	readonly isRight?: boolean;
	/** Production is never asked for there. */
	readonly isNeverAsked?: boolean;
	/** What is pressed may end the run, or hold it, before production is asked for. */
	readonly mayMissPrompt?: boolean;
	/** The bytes come out of a pipe: whether a person is asked is the program's own decision. */
	readonly isPiped?: boolean;
	/** The view is a second one, through the supervisor's socket. */
	readonly joins?: Join;
	readonly world?: WorldOptions;
	readonly terminal?: TerminalOptions;
	readonly play: (play: Play) => Promise<void>;
};

/** Opens the field and types: all that an approval needs but the last key. */
const typePhrase = async (play: Play, phrase: string): Promise<void> => {
	await play.arm();
	play.press(enter);
	play.type(phrase);
};

const strict: WorldOptions = {approval: {isSecondPersonRequired: true}};

/** The right phrase, past the screen: what it hides must not be all that guards. */
const confirmPastKeys = async (play: Play): Promise<void> => {
	play.world.session.dispatch({type: 'confirm', question: play.question?.id ?? '', phrase: rightPhrase});
	await play.settle();
};

const isStray = (play: Play): number => play.random(25);

/** Says no, or waits until nobody can say yes; then has production asked for again. */
const askAgain = async (play: Play, byExpiry: boolean): Promise<void> => {
	if (byExpiry) {
		await play.wait(approvalExpiresMs + play.random(60_000));
	} else {
		play.press(esc);
		await play.wait(30);
		play.press(esc);
		await play.wait(30);
	}

	await play.arm();
	play.press(enter);
	await play.settle();
};

/** The run is started from elsewhere: these views are about production only. */
const begin = async (play: Play): Promise<void> => {
	await play.settle();
	if (play.question?.kind === 'start') {
		play.world.session.dispatch({type: 'start', question: play.question.id});
	}

	await play.reach();
};

export const sessionClasses: readonly SessionClass[] = [
	{
		name: 'control: all is right',
		isRight: true,
		async play(play) {
			await play.reach();
			await play.arm();
			play.press(enter);
			for (let pause = play.random(4); pause > 0; pause -= 1) {
				await play.hesitate();
			}

			play.press('\u0015');
			play.type(rightPhrase);
			await play.wait(play.random(60_000));
			play.press(enter);
		},
	},
	{
		name: 'control: right at the second asking',
		isRight: true,
		async play(play) {
			await play.reach();
			await play.arm();
			await askAgain(play, play.chance(50));
			await typePhrase(play, rightPhrase);
			play.press(enter);
		},
	},
	{
		name: 'control: --approve of this plan',
		isRight: true,
		isNeverAsked: true,
		world: {isUnattended: true, approval: {approve: testHash}},
		play: async play => play.settle(),
	},
	{
		name: 'control: signed by a second person',
		isRight: true,
		world: strict,
		async play(play) {
			await play.reach();
			await play.arm();
			await play.sign(play.pick(['tester', 'reviewer@example.com']), planHash('00000002'));
			await play.sign('reviewer@example.com');
			await typePhrase(play, rightPhrase);
			play.press(enter);
		},
	},
	{
		name: 'second person missing',
		world: strict,
		async play(play) {
			await play.reach();
			await typePhrase(play, rightPhrase);
			play.press(enter);
			await confirmPastKeys(play);
			await play.stray(isStray(play));
		},
	},
	{
		name: 'second person is the first one, or signed another plan',
		world: strict,
		async play(play) {
			await play.reach();
			await play.arm();
			await play.sign(play.pick(['tester', 'Tester']));
			await play.sign('reviewer@example.com', planHash('00000002'));
			await typePhrase(play, rightPhrase);
			play.press(enter);
			await confirmPastKeys(play);
			await play.stray(isStray(play));
		},
	},
	{
		name: 'second person signed for another question',
		world: strict,
		async play(play) {
			play.world.sign('reviewer@example.com');
			await play.reach();
			await play.arm();
			await confirmPastKeys(play);
			if (play.chance(50)) {
				await play.sign('reviewer@example.com');
				await askAgain(play, play.chance(50));
			}

			await typePhrase(play, rightPhrase);
			play.press(enter);
			await confirmPastKeys(play);
			await play.stray(isStray(play));
		},
	},
	{
		name: 'stray keys',
		async play(play) {
			await play.reach();
			await play.stray(10 + play.random(60));
		},
	},
	{
		name: 'wrong project, plan or spelling',
		async play(play) {
			await play.reach();
			for (let time = 0; time < 3; time += 1) {
				await typePhrase(play, otherPhrase(play));
				play.press(enter);
				await play.stray(isStray(play), {canErase: false});
			}
		},
	},
	{
		name: 'stale plan',
		async play(play) {
			await play.reach();
			play.change('catalog', String(play.random(1e9)));
			await typePhrase(play, rightPhrase);
			play.press(enter);
			await play.settle();
			// Production is asked for again under another hash: the old phrase is stale.
			await play.arm();
			play.press(enter);
			await play.settle();
			await typePhrase(play, rightPhrase);
			play.press(enter);
			await play.stray(isStray(play));
		},
	},
	{
		name: 'file changed under the phrase',
		async play(play) {
			await play.reach();
			await typePhrase(play, rightPhrase);
			play.change(play.pick(['functions/f.sql', 'functions/g.sql', 'schedules.json']), String(play.random(1e9)));
			if (play.chance(50)) {
				await play.wait(play.random(5000));
			}

			play.press(enter);
			await play.stray(isStray(play));
		},
	},
	{
		name: 'pasted yes',
		async play(play) {
			await play.reach();
			for (let time = 0; time < 4; time += 1) {
				await play.arm();
				play.press(play.pick([pasted('yes\r'), pasted('y\r\n'), 'yes\r', 'y\n', '\ryes\r', pasted('YES'), `y${enter}`]));
				play.press(enter);
				await play.stray(isStray(play));
			}
		},
	},
	{
		name: 'pasted phrase of another plan or target',
		async play(play) {
			await play.reach();
			await play.arm();
			play.press(enter);
			play.press(pasted(otherPhrase(play)));
			play.press(enter);
			play.press(`${otherPhrase(play)}\r`);
			play.press(enter);
			await play.stray(isStray(play), {canErase: false});
		},
	},
	{
		name: 'pasted right phrase',
		async play(play) {
			await play.reach();
			await play.arm();
			play.press(enter);
			play.press(play.pick([pasted(rightPhrase), pasted(`${rightPhrase}\r`), pasted(`${rightPhrase}\r\n${rightPhrase}\r\n`), `${pasted(rightPhrase.slice(0, -1))}${pasted('2')}`]));
			play.press(enter);
			await play.stray(isStray(play));
		},
	},
	{
		name: 'right phrase and Enter in one burst',
		async play(play) {
			await play.reach();
			await play.arm();
			play.press(enter);
			play.press(`${rightPhrase}${play.pick(['\r', '\n', '\r\n', '\r\r'])}`);
			await play.wait(play.random(5000));
		},
	},
	{
		name: 'phrase not ended with Enter',
		async play(play) {
			await play.reach();
			await typePhrase(play, rightPhrase);
			play.press(esc);
			await play.wait(30);
			play.press(play.pick(['q', 'R', '?', 'd', 'g', 'b', '\t', '\u0003']));
			await play.wait(30);
		},
	},
	{
		name: 'expired under the phrase',
		async play(play) {
			await play.reach();
			await typePhrase(play, rightPhrase);
			// Expired by a timer, or over a sleep of the machine in which no timer fired.
			if (play.chance(50)) {
				await play.wait(approvalExpiresMs + play.random(60_000));
			} else {
				play.sleep(approvalExpiresMs + play.random(60_000));
			}

			play.press(enter);
			await play.settle();
			await play.stray(isStray(play));
		},
	},
	{
		name: 'typed for the question before',
		async play(play) {
			await play.reach();
			await typePhrase(play, rightPhrase);
			await askAgain(play, play.chance(50));
			await play.arm();
			play.press(enter);
			play.press(enter);
			await play.stray(isStray(play));
		},
	},
	{
		name: 'early keys',
		async play(play) {
			await play.reach();
			// All of it within the first 500 ms.
			play.press(enter);
			play.type(rightPhrase, play.random(12));
			play.press(enter);
			await play.stray(isStray(play));
		},
	},
	{
		name: 'type-ahead',
		mayMissPrompt: true,
		world: {isHeld: true},
		async play(play) {
			await play.settle();
			await play.wait(play.random(2000));
			play.press(play.pick([enter, '/', 'f', '?', 'p\u001B']));
			play.type(rightPhrase, play.random(3));
			play.press(play.pick([enter, '', '\r\r']));
			await play.settle();
			if (play.world.session.state().phase === 'paused') {
				play.world.session.dispatch({type: 'unpause'});
			}

			await play.reach();
			play.press(enter);
			play.press(enter);
			await play.stray(isStray(play));
		},
	},
	{
		name: '--approve of another plan',
		isNeverAsked: true,
		world: {approval: {approve: planHash('00000002')}},
		async play(play) {
			await play.settle();
			await typePhrase(play, rightPhrase);
			play.press(enter);
			await play.stray(isStray(play));
		},
	},
	{
		name: 'read-only view',
		terminal: {isReadOnly: true},
		async play(play) {
			await begin(play);
			await typePhrase(play, rightPhrase);
			play.press(enter);
			await play.stray(isStray(play), {canLeave: false});
		},
	},
	{
		name: 'bytes out of a pipe',
		isPiped: true,
		isNeverAsked: true,
		async play(play) {
			await play.reach();
			await typePhrase(play, rightPhrase);
			play.press(enter);
		},
	},
	{
		name: 'second view while another drives',
		joins: {kind: 'screen', drives: false, isReadOnly: false},
		async play(play) {
			await begin(play);
			await typePhrase(play, rightPhrase);
			play.press(enter);
			play.forge(rightPhrase);
			await play.stray(isStray(play), {canLeave: false});
			play.forge(rightPhrase);
		},
	},
	{
		name: 'second view that only watches',
		joins: {kind: 'screen', drives: false, isReadOnly: true},
		terminal: {isReadOnly: true},
		async play(play) {
			await begin(play);
			await typePhrase(play, rightPhrase);
			play.press(enter);
			play.forge(rightPhrase);
			await play.stray(isStray(play), {canLeave: false});
		},
	},
	{
		name: 'line view that drives',
		joins: {kind: 'plain', drives: true, isReadOnly: false},
		async play(play) {
			await begin(play);
			play.forge(rightPhrase);
			await play.settle();
			play.forge('yes');
		},
	},
	{
		name: 'control: the view that drives, through the socket',
		isRight: true,
		joins: {kind: 'screen', drives: true, isReadOnly: false},
		async play(play) {
			await begin(play);
			await typePhrase(play, rightPhrase);
			play.press(enter);
		},
	},
];
