// From keys to intents, through the decoder, the router and the store, as the mounted screen does it.
import {describe, expect, test} from 'vitest';
import {drawFrame, stage, withoutStyle, type Staged} from '../support/frame.js';
import {scenario, type ScenarioName} from '../support/scenarios/index.js';
import {KeyDecoder} from '../../source/tui/input/decode-keys.js';
import {routeInput} from '../../source/tui/input/route-input.js';
import type {Command} from '../../source/tui/input/command.js';
import {linkOf} from '../../source/store/select-job.js';
import {frontQuestion, screenOf} from '../../source/store/snapshot.js';

type Pressed = Staged & {readonly press: (bytes: string) => readonly Command[]; readonly frame: () => string};

/** A screen with keys; `arm` lets a prompt have been in sight long enough. */
const screen = (name: ScenarioName, {arm = true, columns = 100, rows = 30, isReadOnly = false, view = undefined as string | undefined} = {}): Pressed => {
	const staged = stage(name, columns, rows, {isReadOnly, ...(view === undefined ? {} : {view})});
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
		shown.press(enter);
		type(shown, phrase);
		expect(shown.session.intents).toEqual([]);
		shown.press(enter);
		expect(shown.session.intents).toEqual([{type: 'confirm', question: 'q-production', phrase}]);
	});

	test('keys of the first 500 ms are discarded, and the screen says so', () => {
		const shown = screen('production', {arm: false});
		expect(shown.frame()).not.toContain('earlier keys were discarded');
		shown.pace.advance(499);
		shown.press(enter);
		shown.press(esc);
		expect(shown.session.intents).toEqual([]);
		expect(shown.store.getSnapshot().view).toMatchObject({input: '', editing: undefined});
		expect(shown.frame()).toContain('earlier keys were discarded');
		shown.pace.advance(1);
		shown.press(enter);
		shown.press('d');
		expect(shown.store.getSnapshot().view.input).toBe('d');
	});

	test('a wrong phrase changes nothing and says so', () => {
		const shown = screen('production');
		shown.press(enter);
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
		shown.press(enter);
		shown.press(bytes);
		expect(shown.session.intents).toEqual([]);
	});

	test('the phrase is typed: pasted it does not even reach the field', () => {
		const shown = screen('production');
		shown.press(enter);
		shown.press(`\u001B[200~${phrase}\u001B[201~`);
		expect(shown.store.getSnapshot().view.input).toBe('');
		expect(shown.frame()).toContain('The phrase is typed, not pasted.');
		shown.press(enter);
		expect(shown.session.intents).toEqual([]);
	});

	test('Esc leaves the field first and rejects then; q and R are letters in the field', () => {
		const shown = screen('production');
		shown.press(enter);
		type(shown, 'qR');
		expect(shown.store.getSnapshot().view.input).toBe('qR');
		shown.press(esc);
		expect(shown.session.intents).toEqual([]);
		expect(shown.frame()).toContain('> qR   press enter to type it');
		shown.press(esc);
		expect(shown.session.intents).toEqual([{type: 'reject', question: 'q-production'}]);
	});

	test('d, g and b look at the evidence, tab goes through it, and the field keeps what was typed', () => {
		const shown = screen('production');
		shown.press(enter);
		type(shown, 'deploy');
		shown.press('\t');
		expect(shown.frame()).toContain('DIFFERENCES');
		shown.press('\t');
		expect(shown.frame()).toContain('GATE EVIDENCE');
		shown.press('b');
		expect(shown.frame()).toContain('BLAST RADIUS');
		shown.press(esc);
		expect(shown.frame()).toContain('> deploy▌');
		shown.press(esc);
		for (const [key, title] of [['d', 'DIFFERENCES'], ['g', 'GATE EVIDENCE'], ['b', 'BLAST RADIUS']] as const) {
			shown.press(key);
			expect(shown.frame()).toContain(title);
			shown.press(esc);
		}

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
		expect(watching.frame()).toContain('▸ [x] everything that the deployment changed');
		expect(watching.session.intents).toEqual([]);
		watching.press(enter);
		expect(watching.session.intents).toMatchObject([{type: 'request-rollback', components: 'all'}]);
		const early = screen('lanes');
		early.press('R');
		expect(early.session.intents).toEqual([]);
		expect(early.frame()).toContain('R: production is unchanged');
	});
});

describe('what to roll back', () => {
	test('objects are picked one by one, with all that depends on them, in the order of the deployment', () => {
		const shown = screen('monitor');
		shown.press('R');
		for (const key of ['j', 'j', 'j', ' ', 'k', 'k', ' ']) {
			shown.press(key);
		}

		const frame = shown.frame();
		expect(frame).toContain('[ ] everything');
		expect(frame).toContain('▸ [x] alter    caption_bank');
		expect(frame).toContain('[x] create   wilson_sample_z');
		expect(frame).toMatch(/2 objects picked\. Depends on them and stays as deployed: wilson_sample,\s+select_captions_for_creator,\s+run_health_check,\s+schedule_recommendations_messages\./);
		shown.press(enter);
		expect(shown.session.intents).toMatchObject([{type: 'request-rollback', components: ['caption_bank', 'wilson_sample_z']}]);
	});

	test.each([[60, 20], [80, 24], [200, 50]] as const)('the row under the cursor stays in sight at %d x %d', (columns, rows) => {
		const shown = screen('monitor', {columns, rows});
		shown.press('R');
		shown.press('G');
		expect(shown.frame()).toMatch(/▸ \[ \] schedule +daily_caption_update/);
		shown.press('j');
		shown.press(' ');
		expect(shown.frame()).toMatch(/▸ \[x\] schedule +daily_caption_update/);
		shown.press('g');
		shown.press(' ');
		expect(shown.frame()).toContain('▸ [x] everything');
		expect(shown.frame()).not.toContain('[x] schedule');
	});

	test('Esc leaves it without a word to the engine', () => {
		const shown = screen('monitor');
		shown.press('R');
		shown.press(' ');
		shown.press(esc);
		expect(shown.session.intents).toEqual([]);
		expect(screenOf(shown.store.getSnapshot())).toBe('monitor');
	});

	test('what people are told can be read before the phrase and while it runs', () => {
		const asked = screen('rollbackAsked');
		asked.press('\t');
		expect(asked.frame()).toMatch(/WHAT PEOPLE ARE TOLD[\s\S]*team@example\.com, lead@example\.com[\s\S]*EROS rolled back to 20251103_151200/);
		asked.press(esc);
		expect(asked.frame()).toContain('reason ▌');
		const running = screen('rollback');
		running.press('v');
		expect(running.frame()).toContain('Why: health fell');
		const failed = screen('failure');
		failed.press('v');
		expect(failed.frame()).toContain('v: nobody is told anything here');
	});
});

describe('after an absence', () => {
	test('c goes on, w only watches, R asks what to roll back, h hands over', () => {
		const going = screen('resume');
		going.press('c');
		expect(going.session.intents).toEqual([{type: 'start', question: 'q-go-on'}]);
		expect(screenOf(going.store.getSnapshot())).toBe('deploy');
		const watching = screen('resume');
		watching.press('w');
		expect(watching.session.intents).toEqual([]);
		expect(watching.frame()).toContain('A question waits for you.');
		const back = screen('resume');
		back.press('R');
		expect(back.frame()).toContain('ROLL BACK WHAT?');
		const handing = screen('returned', {view: 'v2'});
		handing.press('h');
		expect(handing.frame()).toContain('hand over: nobody asks; there: eros-tui attach, then H');
		const last = scenario('returned').at(-1)!;
		handing.session.emit({...last, seq: 10_001, type: 'view.joined', data: {id: 'v3', actor: 'test_colleague', kind: 'screen', isReadOnly: false}});
		handing.session.emit({...last, seq: 10_002, type: 'control.asked', data: {view: 'v3', actor: 'test_colleague'}});
		handing.store.flush();
		expect(handing.frame()).toContain('to test_colleague, who asked');
		handing.press('h');
		expect(handing.session.intents).toEqual([{type: 'hand-over'}]);
	});

	test('Enter takes the marked line; what is not possible says why', () => {
		const shown = screen('returned');
		shown.press('R');
		expect(shown.frame()).toContain('roll back: production is unchanged');
		shown.press('j');
		shown.press('j');
		expect(shown.frame()).toContain('▸ w  watch only');
		shown.press(enter);
		expect(screenOf(shown.store.getSnapshot())).toBe('deploy');
		expect(shown.session.intents).toEqual([]);
	});

	test('a question behind it takes no key before the screen was read', () => {
		const shown = screen('returned');
		const last = scenario('returned').at(-1)!;
		shown.session.emit({...last, seq: 10_000, type: 'question.asked', data: {question: {kind: 'attestation', id: 'q-note', task: '2A.5' as never, criterion: '2A.5/told' as never, text: 'Seen?', prefilled: 'yes'}}});
		shown.pace.advance(700);
		expect(shown.frame()).toContain('Waits for an answer: 2A.5 attestation.');
		shown.press(enter);
		expect(shown.session.intents).toEqual([]);
		expect(shown.frame()).toContain('? 2A.5 Seen?   > yes▌');
	});

	test('a short absence in which nothing happened is not told, and a watcher is told of none', () => {
		const {session, store, frame, press} = screen('returned');
		const last = scenario('returned').at(-1)!;
		press('c');
		session.emit({...last, seq: 10_001, type: 'view.left', data: {id: 'v2', reason: 'closed'}});
		session.emit({...last, seq: 10_002, wall: last.wall + 5000, type: 'control.passed', data: {to: 'v2', reason: 'nobody drove'}});
		store.flush();
		expect(frame()).not.toContain('SINCE YOU LEFT');
		expect(screen('returned', {view: 'v9'}).frame()).not.toContain('SINCE YOU LEFT');
		expect(screen('resume', {isReadOnly: true}).frame()).not.toContain('SINCE YOU LEFT');
	});

	test('every absence is told once', () => {
		const shown = screen('returned');
		shown.press('c');
		const last = scenario('returned').at(-1)!;
		shown.session.emit({...last, seq: 10_001, wall: last.wall + 1000, type: 'view.left', data: {id: 'v2', reason: 'closed'}});
		shown.store.flush();
		expect(shown.frame()).not.toContain('SINCE YOU LEFT');
		shown.session.emit({...last, seq: 10_002, wall: last.wall + 90_000, type: 'view.joined', data: {id: 'v4', actor: 'test_operator', kind: 'screen', isReadOnly: false}});
		shown.session.emit({...last, seq: 10_003, wall: last.wall + 90_000, type: 'control.passed', data: {to: 'v4', reason: 'nobody drove'}});
		shown.store.flush();
		expect(shown.frame()).toContain('The screen was left. The run went on.');
	});

	test.each([
		['closed', 'was left'], ['the supervisor ended', 'was left'], ['constructor', 'was left'],
		['hangup', 'lost its terminal'], ['terminated', 'was ended by SIGTERM'], ['killed', 'was killed'],
	])('a screen whose end the journal calls "%s" %s', (reason, words) => {
		const shown = screen('returned');
		const last = scenario('returned').at(-1)!;
		shown.session.emit({...last, seq: 10_001, wall: last.wall + 1000, type: 'view.left', data: {id: 'v2', reason}});
		shown.session.emit({...last, seq: 10_002, wall: last.wall + 90_000, type: 'view.joined', data: {id: 'v4', actor: 'test_operator', kind: 'screen', isReadOnly: false}});
		shown.session.emit({...last, seq: 10_003, wall: last.wall + 90_000, type: 'control.passed', data: {to: 'v4', reason: 'nobody drove'}});
		shown.store.flush();
		expect(shown.frame()).toContain(`The screen ${words}. The run went on.`);
	});
});

describe('the wheel', () => {
	const joined = (name: ScenarioName, driver: string, own: string): Pressed => {
		const shown = screen(name, {view: own});
		const last = scenario(name).at(-1)!;
		for (const [index, id] of ['v1', 'v2'].entries()) {
			shown.session.emit({...last, seq: 10_001 + index, type: 'view.joined', data: {id, actor: `operator_${id}`, kind: 'screen', isReadOnly: false}});
		}

		shown.session.emit({...last, seq: 10_003, type: 'control.passed', data: {to: driver, reason: 'nobody drove'}});
		shown.pace.advance(700);
		return shown;
	};

	test('a view that does not drive says who does, acts on nothing, and asks with H', () => {
		const shown = joined('failure', 'v1', 'v2');
		shown.press('r');
		expect(shown.session.intents).toEqual([]);
		expect(shown.frame()).toContain('Somebody decides this where the run was started.');
		expect(joined('lanes', 'v1', 'v2').frame()).toContain('operator_v1 drives');
		shown.press('H');
		expect(shown.session.intents).toEqual([{type: 'ask-for-control'}]);
	});

	test('the driver is told who asks and hands over with H; the prompt then arms on the other side', () => {
		const driver = joined('lanes', 'v1', 'v1');
		driver.press('H');
		expect(driver.frame()).toContain('H: nobody asks for the wheel');
		driver.pace.advance(7000);
		const last = scenario('lanes').at(-1)!;
		driver.session.emit({...last, seq: 10_010, type: 'control.asked', data: {view: 'v2', actor: 'operator_v2'}});
		driver.store.flush();
		expect(driver.frame()).toContain('operator_v2 asks to drive.   H hands over');
		driver.press('H');
		expect(driver.session.intents).toEqual([{type: 'hand-over'}]);
		const other = joined('production', 'v1', 'v2');
		other.session.emit({...last, seq: 10_011, type: 'control.passed', data: {from: 'v1', to: 'v2', reason: 'handed over'}});
		other.store.flush();
		other.press(enter);
		expect(other.store.getSnapshot().view.editing).toBeUndefined();
		other.pace.advance(600);
		other.press(enter);
		expect(other.store.getSnapshot().view.editing).toBe('phrase');
	});
});

describe('looking closer', () => {
	test('o shows and copies how the job is looked at: a command here, the console of the cloud', () => {
		const shown = screen('failure');
		const commands = shown.press('o');
		expect(commands).toContainEqual({type: 'copy', text: 'eval "$(eros-tui warehouse env)" && bq --location=US show --job=true of-scheduler-proj:eros_7f3a91c2_1_2A3_s4_a1', what: 'the command'});
		expect(shown.frame()).toMatch(/JOB[\s\S]*eros_7f3a91c2_1_2A3_s4_a1[\s\S]*invalidQuery[\s\S]*bq --location=US show/);
		expect(linkOf({target: {kind: 'bigquery', project: 'p-1', dataset: 'd', location: 'US', timeZone: 'UTC'}}, 'eros_1')).toEqual({text: 'https://console.cloud.google.com/bigquery?project=p-1&j=bq:US:eros_1&page=queryresults', what: 'the address'});
	});

	test('w writes the log of the selected step to a file, the whole one from the log', () => {
		const shown = screen('lanes');
		const [step] = shown.press('w');
		expect(step).toMatchObject({type: 'save', name: 'log-2A.3.txt'});
		expect(step?.type === 'save' && step.text).toContain('job eros_7f3a91c2_1_2A3_s4_a1');
		expect(step?.type === 'save' && step.text).not.toContain('6 of 6 groups');
		shown.press('4');
		const [all] = shown.press('w');
		expect(all).toMatchObject({type: 'save', name: 'log-all.txt'});
		expect(all?.type === 'save' && all.text).toContain('✓ 6 of 6 groups, 31 checks');
	});

	test('y copies the job id of the failure, Y its message', () => {
		const shown = screen('failure');
		expect(shown.press('y')).toContainEqual({type: 'copy', text: 'eros_7f3a91c2_1_2A3_s4_a1', what: 'the job id'});
		expect(shown.press('Y')).toContainEqual({type: 'copy', text: 'Syntax error: Expected END but got identifier "ELSIF"', what: 'the message'});
	});

	test('w on the monitor: what would change the verdict', () => {
		const shown = screen('redFlag');
		shown.press('w');
		expect(screenOf(shown.store.getSnapshot())).toBe('monitor');
		shown.press('w');
		expect(shown.frame()).toMatch(/WHAT IF[\s\S]*61 ROLLBACK[\s\S]*integrity +0\/20 +→ +93 HEALTHY[\s\S]*2 violations[\s\S]*is not reached within 24 h[\s\S]*breach +corruption: 2 rows/);
	});

	test('t shows the samples as a table', () => {
		const shown = screen('monitor');
		shown.press('t');
		expect(shown.frame()).toMatch(/SAMPLES[\s\S]*T\+06:00[\s\S]*93/);
	});

	test('a question that is cut opens in full before it can be attested', () => {
		const shown = screen('longQuestion');
		shown.press(enter);
		expect(shown.session.intents).toEqual([]);
		expect(shown.frame()).toMatch(/ATTESTATION[\s\S]*Was everybody told that the window begins\?[\s\S]*Name who was told and\s+how\.[\s\S]*your note[\s\S]*mail of 09:00/);
		shown.press(esc);
		expect(shown.frame()).toContain('enter attest');
		shown.press(enter);
		expect(shown.session.intents).toEqual([{type: 'attest', question: 'q-attest', note: 'mail of 09:00'}]);
	});

	test('the full question scrolls where it is longer than the screen', () => {
		const shown = screen('longQuestion', {columns: 60, rows: 15});
		shown.press(enter);
		expect(shown.frame()).toMatch(/\d+ more ↓/);
		expect(shown.frame()).not.toContain('your note');
		shown.press('G');
		for (let press = 0; press < 20; press += 1) {
			shown.press('j');
		}

		expect(shown.frame()).toContain('your note');
	});
});

describe('failure', () => {
	test.each([['e', 'edit'], ['r', 'retry'], ['a', 'abort']] as const)('%s chooses %s', (key, choice) => {
		const shown = screen('failure');
		shown.press(key);
		expect(shown.session.intents).toEqual([{type: 'choose', question: 'q-failure', choice}]);
	});

	test('Enter takes the marked line', () => {
		const shown = screen('failure');
		shown.press('j');
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
	test('asks, and starts nothing new meanwhile; Esc goes on', () => {
		const shown = screen('lanes');
		shown.press(ctrlC);
		expect(shown.session.intents).toEqual([{type: 'pause', isHeld: true}]);
		expect(shown.frame()).toMatch(/STOP\?[\s\S]*production unchanged[\s\S]*Running: 2A\.3 Procedures\.[\s\S]*No new step starts while you choose\./);
		shown.press(esc);
		expect(shown.session.intents).toEqual([{type: 'pause', isHeld: true}, {type: 'unpause'}]);
		expect(shown.frame()).not.toContain('STOP?');
	});

	test('w waits for what runs, c cancels it, and the menu can be asked again', () => {
		const shown = screen('lanes');
		shown.press(ctrlC);
		shown.press('w');
		expect(shown.session.intents).toEqual([{type: 'pause', isHeld: true}, {type: 'drain'}]);
		expect(shown.frame()).toContain('Stopping after this step. Ctrl-C asks again');
		shown.pace.advance(5000);
		shown.press(ctrlC);
		expect(shown.frame()).toContain('not possible: it is stopping already');
		shown.press('c');
		expect(shown.session.intents.slice(2)).toEqual([{type: 'pause', isHeld: true}, {type: 'cancel'}]);
		expect(shown.frame()).toContain('Cancelling jobs');
	});

	test('a second press within 3 s detaches: the run goes on', () => {
		const shown = screen('lanes');
		shown.press(ctrlC);
		expect(shown.frame()).toContain('Ctrl-C again within 3 s detaches');
		shown.pace.advance(2900);
		expect(shown.press(ctrlC)).toEqual([{type: 'intent', intent: {type: 'unpause'}}, {type: 'leave', exitCode: 130}]);
		expect(shown.session.intents).toEqual([{type: 'pause', isHeld: true}, {type: 'unpause'}]);
	});

	test('a key held down is one press, and a late one only renews the first', () => {
		const shown = screen('lanes');
		for (let press = 0; press < 20; press += 1) {
			shown.press(ctrlC);
			shown.pace.advance(30);
		}

		shown.pace.advance(3100);
		expect(shown.press(ctrlC)).toHaveLength(1);
		expect(shown.session.intents).toEqual([{type: 'pause', isHeld: true}]);
	});

	test('a run that the operator paused himself stays paused', () => {
		const shown = screen('lanes');
		const last = scenario('lanes').at(-1)!;
		shown.session.emit({...last, seq: 10_001, type: 'run.paused', data: {by: 'test_operator'}});
		shown.press(ctrlC);
		shown.press(esc);
		expect(shown.session.intents).toEqual([]);
	});

	test('ends a run at once of which nothing has happened', () => {
		const shown = screen('start');
		shown.press(ctrlC);
		expect(shown.session.intents).toEqual([{type: 'drain'}]);
	});

	test('works in a text field, in an overlay and inside a paste that never ends', () => {
		for (const keys of [['production', enter, 'deploy'], ['lanes', '?'], ['production', enter, '\u001B[200~never ends']] as const) {
			const shown = screen(keys[0]);
			for (const bytes of keys.slice(1)) {
				shown.press(bytes);
			}

			shown.press(ctrlC);
			expect(shown.session.intents).toEqual([{type: 'pause', isHeld: true}]);
			expect(shown.frame()).toContain('STOP?');
		}
	});

	test('its menu stays when a question goes, or comes: that one waits behind it and takes no key before it was in sight', () => {
		const shown = screen('lanes');
		const {session, store, pace} = shown;
		const last = session.state().lastSeq;
		const event = (number: number, more: object): void => {
			session.emit({v: 1, seq: last + number, wall: session.state().nowMs, mono: 0, boot: 'b', run: session.state().run, epoch: 1, actor: 'ana', prevHash: '', hash: '', ...more} as never);
			store.flush();
		};

		const ask = (id: string): object => ({type: 'question.asked', data: {question: {kind: 'start', id, title: 'Go on?'}}});
		event(1, ask('q1'));
		shown.press(ctrlC);
		expect(shown.frame()).toContain('STOP?');
		event(2, {type: 'question.answered', data: {id: 'q1', answer: 'started', by: 'ana'}});
		expect(shown.frame()).toContain('STOP?');
		event(3, ask('q2'));
		expect(shown.frame()).toContain('STOP?');
		pace.advance(10_000);
		shown.press(esc);
		expect(shown.session.intents).toEqual([{type: 'pause', isHeld: true}, {type: 'unpause'}]);
		// Only now it can be seen: what was pressed for the menu does not answer it.
		shown.press(enter);
		expect(shown.session.intents).toHaveLength(2);
		pace.advance(600);
		shown.press(enter);
		expect(shown.session.intents.at(-1)).toEqual({type: 'start', question: 'q2'});
	});

	test('leaves at once when the run is over or only watched', () => {
		expect(screen('finished').press(ctrlC)).toEqual([{type: 'leave', exitCode: 0}]);
		expect(screen('lanes', {isReadOnly: true}).press(ctrlC)).toEqual([{type: 'leave', exitCode: 0}]);
	});
});

describe('leaving and acting', () => {
	test('q asks while the run is under way; d drains, b leaves it running, s stays', () => {
		const shown = screen('lanes');
		shown.press('q');
		expect(shown.frame()).toContain('LEAVE?');
		shown.press('d');
		expect(shown.session.intents).toEqual([{type: 'drain'}]);
		const kept = screen('lanes');
		kept.press('q');
		expect(kept.frame()).toMatch(/eros-tui\s+attach\s+7f3a91c2/);
		kept.press('s');
		expect(kept.frame()).not.toContain('LEAVE?');
		kept.press('q');
		expect(kept.press('b')).toEqual([{type: 'leave', exitCode: 0}]);
		expect(kept.session.intents).toEqual([]);
		expect(screen('finished').press('q')).toEqual([{type: 'leave', exitCode: 0}]);
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
