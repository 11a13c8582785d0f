// From keys to intents, through the decoder, the router and the store, as the mounted screen does it.
import {describe, expect, test} from 'vitest';
import {drawFrame, stage, withoutStyle, type Staged} from '../support/frame.js';
import {scenario, type ScenarioName} from '../support/scenarios/index.js';
import {KeyDecoder} from '../../source/tui/input/decode-keys.js';
import {routeInput} from '../../source/tui/input/route-input.js';
import type {Command} from '../../source/tui/input/command.js';
import {frontQuestion, screenOf} from '../../source/store/snapshot.js';

type Pressed = Staged & {readonly press: (bytes: string) => readonly Command[]; readonly frame: () => string};

/** A screen with keys; `arm` lets a prompt have been in sight long enough. */
const screen = (name: ScenarioName, {arm = true, columns = 100, rows = 30, isReadOnly = false} = {}): Pressed => {
	const staged = stage(name, columns, rows, isReadOnly);
	const {store, session, pace} = staged;
	const decoder = new KeyDecoder();
	if (arm) {
		pace.advance(600);
	}

	return {
		...staged,
		press: bytes => {
			const inputs = [...decoder.push(bytes), ...(decoder.isWaiting ? decoder.flush() : [])];
			return inputs.flatMap(input => {
				store.flush();
				const commands = routeInput(store.getSnapshot(), input);
				for (const command of commands) {
					if (command.type === 'view') {
						store.change(command.action);
					} else if (command.type === 'intent') {
						session.dispatch(command.intent);
					}
				}

				return commands;
			});
		},
		frame: () => withoutStyle(drawFrame(store.getSnapshot())),
	};
};

const type = ({press}: Pressed, text: string): void => {
	for (const character of text) {
		press(character);
	}
};

const phrase = 'deploy of-scheduler-proj.eros_scheduling_brain 7f3a-91c2';
const enter = '\r';
const esc = '\u001B';
const ctrlC = '\u0003';

describe('production', () => {
	test('the right phrase, typed, is the only thing that deploys', () => {
		const shown = screen('production');
		type(shown, phrase);
		expect(shown.session.intents).toEqual([]);
		shown.press(enter);
		expect(shown.session.intents).toEqual([{type: 'confirm', question: 'q-production', phrase}]);
	});

	test('keys of the first 500 ms are discarded, and the screen says so', () => {
		const shown = screen('production', {arm: false});
		expect(shown.frame()).not.toContain('earlier keys were discarded');
		shown.pace.advance(499);
		type(shown, phrase);
		shown.press(enter);
		expect(shown.session.intents).toEqual([]);
		expect(shown.store.getSnapshot().view.input).toBe('');
		expect(shown.frame()).toContain('earlier keys were discarded');
		shown.pace.advance(1);
		shown.press('d');
		expect(shown.store.getSnapshot().view.input).toBe('d');
	});

	test('a wrong phrase changes nothing and says so', () => {
		const shown = screen('production');
		type(shown, `${phrase.slice(0, -1)}3`);
		expect(shown.frame()).toContain('differs from the phrase');
		shown.press(enter);
		expect(shown.session.intents).toEqual([]);
		expect(shown.frame()).toContain('That is not the phrase. Nothing has been changed.');
		type(shown, 'x');
		shown.press('\u0015');
		expect(shown.store.getSnapshot().view.input).toBe('');
	});

	test('an empty field does not submit', () => {
		const shown = screen('production');
		shown.press(enter);
		shown.press(enter);
		expect(shown.session.intents).toEqual([]);
	});

	test.each([
		['bracketed', `\u001B[200~${phrase}\r\u001B[201~`],
		['bracketed, in two chunks of lines', `\u001B[200~${phrase}\r\n${phrase}\r\n\u001B[201~`],
		['without brackets', `${phrase}\r`],
	])('a paste never submits: %s', (_, bytes) => {
		const shown = screen('production');
		shown.press(bytes);
		expect(shown.session.intents).toEqual([]);
	});

	test('Esc rejects; q and R are letters there', () => {
		const shown = screen('production');
		type(shown, 'qR');
		expect(shown.store.getSnapshot().view.input).toBe('qR');
		expect(shown.session.intents).toEqual([]);
		shown.press(esc);
		expect(shown.session.intents).toEqual([{type: 'reject', question: 'q-production'}]);
	});

	test('tab looks at differences, gate and blast radius, and comes back to the field', () => {
		const shown = screen('production');
		type(shown, 'deploy');
		shown.press('\t');
		expect(shown.frame()).toContain('DIFFERENCES');
		shown.press('\t');
		expect(shown.frame()).toContain('GATE EVIDENCE');
		shown.press('\t');
		expect(shown.frame()).toContain('BLAST RADIUS');
		shown.press(esc);
		expect(shown.frame()).toContain('> deploy▌');
		expect(shown.session.intents).toEqual([]);
	});

	test('a pane that only watches cannot answer', () => {
		const shown = screen('production', {isReadOnly: true});
		type(shown, phrase);
		shown.press(enter);
		expect(shown.session.intents).toEqual([]);
		expect(shown.frame()).toContain('This pane only watches');
	});
});

describe('rollback', () => {
	test('needs a reason, then the phrase', () => {
		const shown = screen('rollbackAsked');
		shown.press(enter);
		expect(shown.frame()).toContain('A reason is needed');
		type(shown, 'health fell');
		shown.press(enter);
		type(shown, 'ROLLBACK eros_scheduling_brain 20251103_151200');
		expect(shown.session.intents).toEqual([]);
		shown.press(enter);
		expect(shown.session.intents).toEqual([{type: 'confirm', question: 'q-rollback', phrase: 'ROLLBACK eros_scheduling_brain 20251103_151200', reason: 'health fell'}]);
	});

	test('R asks for it from the monitor, not while production is unchanged', () => {
		const watching = screen('monitor');
		watching.press('R');
		expect(watching.session.intents).toMatchObject([{type: 'request-rollback', components: 'all'}]);
		const early = screen('lanes');
		early.press('R');
		expect(early.session.intents).toEqual([]);
		expect(early.frame()).toContain('R: production is unchanged');
	});
});

describe('failure', () => {
	test.each([['r', 'retry'], ['a', 'abort']] as const)('%s chooses %s', (key, choice) => {
		const shown = screen('failure');
		shown.press(key);
		expect(shown.session.intents).toEqual([{type: 'choose', question: 'q-failure', choice}]);
	});

	test('Enter takes the marked line', () => {
		const shown = screen('failure');
		shown.press('j');
		shown.press('\u001B[B');
		expect(shown.frame()).toContain('▸ a  abort');
		shown.press(enter);
		expect(shown.session.intents).toEqual([{type: 'choose', question: 'q-failure', choice: 'abort'}]);
	});

	test('a choice that is not possible says why', () => {
		const shown = screen('failure');
		shown.press('s');
		expect(shown.session.intents).toEqual([]);
		expect(shown.frame()).toContain('skip: later tasks depend on it');
	});

	test('waiting leaves the question open, to be taken up again', () => {
		const shown = screen('failure');
		shown.press('w');
		expect(frontQuestion(shown.store.getSnapshot())).toBeUndefined();
		expect(screenOf(shown.store.getSnapshot())).toBe('deploy');
		shown.press(enter);
		expect(screenOf(shown.store.getSnapshot())).toBe('failure');
		expect(shown.session.intents).toEqual([]);
	});

	test('keys typed ahead, and keys that come in a burst, choose nothing', () => {
		const early = screen('failure', {arm: false});
		early.press('a');
		expect(early.session.intents).toEqual([]);
		const burst = screen('failure');
		burst.press('aa');
		expect(burst.session.intents).toEqual([]);
	});
});

describe('Ctrl-C', () => {
	test('drains, then cancels, then leaves', () => {
		const shown = screen('lanes');
		shown.press(ctrlC);
		expect(shown.session.intents).toEqual([{type: 'drain'}]);
		shown.pace.advance(300);
		shown.press(ctrlC);
		expect(shown.session.intents).toHaveLength(1);
		shown.pace.advance(1000);
		expect(shown.frame()).toContain('Ctrl-C again');
		shown.press(ctrlC);
		expect(shown.session.intents).toEqual([{type: 'drain'}, {type: 'cancel'}]);
		shown.pace.advance(1500);
		expect(shown.press(ctrlC)).toEqual([{type: 'leave', isForced: true}]);
	});

	test.each([60, 80, 100, 120])('says what the next press does at %d columns', columns => {
		const shown = screen('lanes', {columns, rows: 24});
		shown.press(ctrlC);
		expect(shown.frame()).toMatch(/Ctrl-C again .*cancels (its )?jobs/);
		shown.pace.advance(1500);
		shown.press(ctrlC);
		expect(shown.frame()).toContain('Ctrl-C again leaves now');
	});

	test('a second press after the window only renews the first', () => {
		const shown = screen('lanes');
		shown.press(ctrlC);
		shown.pace.advance(11_000);
		shown.press(ctrlC);
		expect(shown.session.intents).toEqual([{type: 'drain'}]);
	});

	test('works in a text field, in an overlay and inside a paste that never ends', () => {
		const field = screen('production');
		type(field, 'deploy');
		field.press(ctrlC);
		expect(field.session.intents).toEqual([{type: 'drain'}]);
		const overlay = screen('lanes');
		overlay.press('?');
		overlay.press(ctrlC);
		expect(overlay.session.intents).toEqual([{type: 'drain'}]);
		const paste = screen('production');
		paste.press('\u001B[200~never ends');
		paste.press(ctrlC);
		expect(paste.session.intents).toEqual([{type: 'drain'}]);
	});

	test('leaves at once when the run is over or only watched', () => {
		expect(screen('finished').press(ctrlC)).toEqual([{type: 'leave', isForced: false}]);
		expect(screen('lanes', {isReadOnly: true}).press(ctrlC)).toEqual([{type: 'leave', isForced: false}]);
	});
});

describe('leaving and acting', () => {
	test('q asks while the run is under way; d drains', () => {
		const shown = screen('lanes');
		shown.press('q');
		expect(shown.frame()).toContain('LEAVE?');
		shown.press('d');
		expect(shown.session.intents).toEqual([{type: 'drain'}]);
		expect(screen('finished').press('q')).toEqual([{type: 'leave', isForced: false}]);
	});

	test('enter starts the run once its question has been in sight', () => {
		const early = screen('start', {arm: false});
		early.press(enter);
		expect(early.session.intents).toEqual([]);
		expect(early.frame()).toContain('earlier keys were discarded');
		const shown = screen('start');
		shown.press('p');
		expect(shown.session.intents).toEqual([]);
		shown.press(enter);
		expect(shown.session.intents).toEqual([{type: 'start', question: 'q-start'}]);
	});

	test('p pauses; s samples on the monitor; a watcher does neither', () => {
		const shown = screen('lanes');
		shown.press('p');
		expect(shown.session.intents).toEqual([{type: 'pause'}]);
		const monitor = screen('monitor');
		monitor.press('s');
		expect(monitor.session.intents).toEqual([{type: 'sample-now'}]);
		const watcher = screen('monitor', {isReadOnly: true});
		watcher.press('s');
		watcher.press('p');
		expect(watcher.session.intents).toEqual([]);
	});

	test('attests with the note', () => {
		const shown = screen('attestation');
		type(shown, ' and calendar');
		shown.press(enter);
		expect(shown.session.intents).toEqual([{type: 'attest', question: 'q-attest', note: 'mail of 09:00 and calendar'}]);
	});

	test.each([60, 80, 100, 160])('the note and its cursor stay in sight however long question and note are, at %d columns', columns => {
		const shown = screen('attestation', {columns, rows: 24});
		const question = shown.session.state().questions[0];
		const last = scenario('attestation').at(-1)!;
		shown.session.emit({...last, seq: last.seq + 1, type: 'question.answered', data: {id: question!.id, answer: 'done', by: 'test_operator'}});
		shown.session.emit({...last, seq: last.seq + 2, type: 'question.asked', data: {question: {...question, id: 'q-long', text: `Was ${'a long path/'.repeat(30)} sent?`} as never}});
		shown.pace.advance(700);
		type(shown, ', and the reason is this');
		expect(shown.frame()).toContain('the reason is this▌');
		expect(shown.frame()).toContain('? 2A.0 Was');
		type(shown, ' and more'.repeat(30));
		expect(shown.frame()).toContain('and more▌');
	});

	test('every key of the help screen is in the table, and any key that is not closes it', () => {
		const shown = screen('lanes', {columns: 120, rows: 48});
		shown.press('?');
		expect(shown.frame()).toMatch(/KEYS[\s\S]*Ctrl-C[\s\S]*roll production back/);
		shown.press('x');
		expect(shown.store.getSnapshot().view.overlay).toBeUndefined();
	});

	test('search goes to the match; n says when there is no later one', () => {
		const shown = screen('lanes');
		shown.press('/');
		type(shown, '18 captions');
		shown.press(enter);
		const {view} = shown.store.getSnapshot();
		expect(view.search).toBe('18 captions');
		expect(view.log.kind).toBe('reading');
		shown.press('n');
		expect(shown.frame()).toContain('No later line contains 18 captions');
	});
});

describe('KeyDecoder', () => {
	test('arrow keys in halves, a lone Esc, a paste in parts', () => {
		const decoder = new KeyDecoder();
		expect(decoder.push('\u001B')).toEqual([]);
		expect(decoder.isWaiting).toBe(true);
		expect(decoder.push('[')).toEqual([]);
		expect(decoder.push('A')).toMatchObject([{name: 'up'}]);
		decoder.push('\u001B');
		expect(decoder.flush()).toMatchObject([{name: 'esc'}]);
		expect(decoder.push('\u001B[200~one\r')).toEqual([]);
		expect(decoder.flush()).toEqual([]);
		expect(decoder.push('two\u001B[201~q')).toMatchObject([{kind: 'paste', text: 'one\rtwo'}, {name: 'q', isBurst: false}]);
		expect(decoder.push('\u001B[38;5;1m\u001B[999~')).toEqual([]);
	});
});
