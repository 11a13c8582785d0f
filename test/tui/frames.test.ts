// Frames of the frozen runs at the sizes people have: what is said, and that nothing is wider or taller than it may be.
import {describe, expect, test} from 'vitest';
import {planHash} from '../../source/domain/ids.js';
import {cellWidth} from '../../source/terminal/cell-width.js';
import {createAppStore} from '../../source/store/app-store.js';
import {layoutDeploy, sizeClassOf} from '../../source/tui/layout/size-class.js';
import {drawFrame, stage, withoutStyle} from '../support/frame.js';
import {ManualPace} from '../support/manual-pace.js';
import {scenarioSession} from '../support/scenario-session.js';
import {Script} from '../support/scenarios/script.js';
import {scenarioNames, type ScenarioName} from '../support/scenarios/index.js';

const sizes = [[80, 24], [100, 30], [120, 36], [160, 48], [180, 45], [200, 50]] as const;

const linesOf = (name: ScenarioName, columns: number, rows: number): readonly string[] => {
	const {store} = stage(name, columns, rows);
	const lines = withoutStyle(drawFrame(store.getSnapshot())).split('\n').map(line => line.trimEnd());
	store[Symbol.dispose]();
	return lines;
};

/** Facts that have to be in sight at every size. */
const facts: {readonly [Name in ScenarioName]: readonly (string | RegExp)[]} = {
	start: ['Rehearse the whole window on a private embedded warehouse.', 'enter start', 'Ctrl-C ends the run', /prod(uction)? unchanged/, '1-5 panes'],
	lanes: [/staging 9(\/17| of 17 objects)/, /restore point.* proven 1 min ago/, '$0.0021', '4/7 · lock_caption_assignments', '2A.5 Scheduled queries', 'needs a yes', '1-5 panes', 'p pause', '? help', 'q quit', /Ctrl-C stops after (this )?step/],
	gate: [/staging 17(\/17| of 17 objects)/, '5   Production', 'needs a yes'],
	production: ['BEFORE PRODUCTION', 'PRODUCTION', 'of-scheduler-proj.eros_scheduling_brain (US)', /20251103_151200 .*restored, equal/, 'mails and chat already sent', 'deploy of-scheduler-proj.eros_scheduling_brain 7f3a-91c2', '    > in a moment', 'Esc back', 'd differences', 'g gate', 'b blast radius', 'this is the rehearsal', /way back .*41s in rehearsal/, 'nothing is dropped, no table is replaced'],
	unsigned: ['BEFORE PRODUCTION', 'waiting for a signature from another account', 'First a second person runs this', 'eros-tui approve 7f3a-91c2 --run 7f3a91c2', '> the phrase is typed after that', 'Esc back'],
	seconded: ['BEFORE PRODUCTION', 'signed by reviewer@example.com (reviewer)', 'deploy of-scheduler-proj.eros_scheduling_brain 7f3a-91c2', '    > in a moment', 'Esc back'],
	failure: ['will fail again: permanent class, same input', '2A.3 PROCEDURES FAILED', /prod(uction)? unchanged/, 'sql/procedures/sweep_expired_caption_locks.sql:141:3', 'Expected END but got identifier "ELSIF"', '141 │ >', 'eros_7f3a91c2_1_2A3_s4_a1', 'not possible: later tasks depend on it', '▸ e  edit and replan', 'o console', 'y copy', '2A.4, 2A.5, 3.2'],
	monitor: ['93', 'T+06:00:00', 'sample 11 of 20', '$0.31', 'deployed', 'watching', 'eros_scheduling_brain', 'enter why'],
	redFlag: [/61 (· |ROLLBACK)/, 'ROLL BACK is recommended.', /goes\s+back\s+to\s+the\s+restore\s+point/, '2 RAISED', 'BREACH', /65 and 61/, '▸ R  roll back'],
	rollbackAsked: ['ROLL BACK', 'health 65 and 61', 'active_caption_assignments 154', 'reason ▌', 'on to the phrase', 'Esc back'],
	rollback: [/prod(uction)? ROLLING BACK · restore point/, '3  Restore', '5 of 9 tables', 'within 10 min', 'checked before', 'Ctrl-C stops after this table'],
	finished: ['rolled back', '9 of 9 tables equal', '3 of 3', 'schedules', 'Rehearsed, rolled back and proved.', 'exit 0'],
	resume: ['SINCE YOU LEFT', 'last seen 07:15, 43 min ago', 'The run was killed during 5.1.', /finished +5\.1 create or replace view/, /adopted +job eros_7f3a91c2_\S+ was accepted, is DONE \(0 B,\s+400ms\)/, 'missed       nothing. Next: the first monitor sample, due 08:02.', /will re-run +5\.1: interrupted · 3\.1: 43 min old, limit 30/, 'unchanged    14 of 17 live definitions as left, 3 not yet deployed', 'credentials  operator@example.com, token valid 38 min', /ends 08:04 PST, 6 min left; 2 open steps need about 15 min:\s+overrun 9 min/, 'PARTLY deployed', /20251103_151200\s+is\s+good/, '▸ c  continue with 5.1       the phrase must be typed again', 'R  roll back', 'w  watch only', 'h  hand over', 'enter choose'],
	returned: ['SINCE YOU LEFT', 'The screen was left. The run went on.', /finished +2A\.3 7\/7, called twice, 0 rows differ · 2A\.4 21 columns/, 'missed       nothing.', 'production unchanged.', '▸ c  continue with 2A.5', 'not possible: production is unchanged'],
	longQuestion: ['? 2A.0 Was everybody told', '> mail of 09:00▌', 'enter read in full', 'Esc later'],
	draftedMail: ['? 2A.0 No mail was sent (no mail channel', /Was\s+the team told\?/, '> draft mail.eml▌', /enter (attest|read in full)/],
	attestation: ['The team was told.', '> mail of 09:00▌', 'enter attest', 'Esc later'],
};

describe.each(sizes)('%d x %d', (columns, rows) => {
	test.each(scenarioNames)('%s', name => {
		const lines = linesOf(name, columns, rows);
		expect(lines.length).toBeLessThanOrEqual(rows - 1);
		expect(lines.filter(line => cellWidth(line) > columns)).toEqual([]);
		const frame = lines.join('\n');
		for (const fact of facts[name]) {
			expect(frame).toMatch(fact instanceof RegExp ? fact : new RegExp(fact.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`)));
		}
	});
});

test('a question that fits into a few rows is read where it is asked', () => {
	const frame = linesOf('draftedMail', 120, 36);
	expect(frame.filter(line => /^ \? 2A\.0 |^ {8}\S/.test(line)).map(line => line.slice(8)).join('')).toContain('/runs/7f3a91c2/drafts/mail.eml.');
	expect(frame.join('\n')).toContain('enter attest');
	expect(linesOf('draftedMail', 80, 24).join('\n')).toContain('enter read in full');
});

test('a deployment says what was rehearsed of its plan', () => {
	const {store} = stage('production', 100, 30);
	const snapshot = store.getSnapshot();
	const [question] = snapshot.run.questions;
	if (question?.kind !== 'production') {
		throw new Error('production is not asked for');
	}

	const lineFor = (rehearsal: Partial<NonNullable<typeof question.detail.rehearsal>> | undefined): string => {
		const {rehearsal: known, ...detail} = question.detail;
		const asked = {...question, detail: {...detail, ...(rehearsal === undefined ? {} : {rehearsal: {...known!, ...rehearsal}})}};
		const frame = drawFrame({...snapshot, run: {...snapshot.run, command: 'deploy', questions: [asked]}});
		return withoutStyle(frame).split('\n').find(line => line.includes('rehearsed'))!.replace(/ +rehearsed +/, '').trimEnd();
	};

	const ago = (hours: number): number => snapshot.nowMs - (hours * 3_600_000);
	expect(lineFor(undefined)).toBe('never on this machine: eros-tui rehearse');
	expect(lineFor({endedAtMs: ago(2)})).toBe('2h00m ago, this plan: passed');
	expect(lineFor({endedAtMs: ago(30)})).toBe('30h00m ago, this plan: passed · older than a day');
	expect(lineFor({endedAtMs: ago(2), outcome: 'failed'})).toBe('2h00m ago, this plan: failed');
	expect(lineFor({endedAtMs: ago(2), planHash: planHash('00000002')})).toBe('2h00m ago, plan 0000-0002, not this one: passed');
	store[Symbol.dispose]();
});

test('what must not be said is not said', () => {
	expect(linesOf('rollback', 80, 24)[1]).not.toContain('staging');
	expect(linesOf('monitor', 80, 24)[1]).not.toContain('$0.0021');
	expect(linesOf('start', 80, 24).join('\n')).not.toContain('p pause');
	expect(linesOf('start', 120, 36).join('\n')).not.toMatch(/y copy|next error|p pause/);
	expect(linesOf('production', 80, 24).join('\n')).not.toContain('earlier keys were discarded');
	expect(linesOf('unsigned', 120, 36).join('\n')).not.toMatch(/enter type|Type this phrase/);
	expect(linesOf('resume', 80, 24).join('\n')).not.toContain('1-5 panes');
	expect(linesOf('returned', 80, 24).join('\n')).not.toContain('asks what');
});

test('the second line answers what is true of production, at 80x24', () => {
	expect(linesOf('lanes', 80, 24).slice(0, 3)).toMatchInlineSnapshot(`
		[
		  " eros  …j.eros_scheduling_brain  EMBEDDED x60             T+00:13:23  5h46m left",
		  " now   prod unchanged · staging 9/17 · restore point proven 1 min ago    $0.0021",
		  " [1 Tree] 2 Lane A 3/6  3 Lane B ✓  4 Log  5 Monitor",
		]
	`);
	expect(linesOf('failure', 80, 24).slice(3, 21)).toMatchInlineSnapshot(`
		[
		  "  cause   sql/procedures/sweep_expired_caption_locks.sql:141:3",
		  "          Syntax error: Expected END but got identifier "ELSIF"",
		  "          permanent: the same input fails again",
		  "          140 │     SET reason = "STALE_7DAY";",
		  "          141 │ >   ELSIF send_date < today THEN",
		  "  job     eros_7f3a91c2_1_2A3_s4_a1   DONE invalidQuery   0 B   412ms",
		  "  next    Mend the file, then retry.",
		  "  diff    against live: +2 -1                                         d shows it",
		  "  waits   2A.4, 2A.5, 3.2. Lane B is done.",
		  "────────────────────────────────────────────────────────────────────────────────",
		  "  What next? Each line says what it leaves behind.",
		  "",
		  "  ▸ e  edit and replan  mend the file first: it is read again; 2A.3, 1.1, 3.2,",
		  "                        3.3 become stale and run again; about +6 min",
		  "    r  retry            will fail again: permanent class, same input",
		  "    s  skip             not possible: later tasks depend on it",
		  "    a  abort            staging is removed; production stays as it is",
		  "    w  wait             nothing runs in lane A until you choose",
		]
	`);
});

test('two lanes, one log at 120x36', () => {
	const frame = linesOf('lanes', 120, 36);
	expect(frame.filter(line => /│.Lane [AB] ·/.test(line))).toHaveLength(2);
	expect(frame.some(line => line.includes('Log   following'))).toBe(true);
	expect(frame.some(line => /dry run ✓ {2}deploy ✓ {2}call ✓ {2}call again \S {2}compare ·/.test(line))).toBe(true);
});

test.each([[1, 1], [20, 5], [59, 15], [60, 14], [60, 15], [61, 20], [99, 29], [250, 80]] as const)('%d x %d draws within its bounds', (columns, rows) => {
	for (const name of ['lanes', 'production', 'monitor', 'rollback'] as const) {
		const lines = linesOf(name, columns, rows);
		expect(lines.length).toBeLessThanOrEqual(Math.max(1, rows - 1));
		expect(lines.filter(line => cellWidth(line) > columns)).toEqual([]);
		expect(sizeClassOf({columns, rows}) === 'small').toBe(columns < 60 || rows < 15);
	}
});

test('a terminal that is too small says so and that somebody is asked', () => {
	expect(linesOf('production', 59, 10).join('\n')).toMatch(/^eros-tui: \d+\/31 done, 0 failed - enlarge to 60x15/);
});

test('the monitor fits a narrow tmux pane', () => {
	const frame = linesOf('monitor', 60, 20).join('\n');
	expect(frame).toContain('eros monitor  93 HEALTHY');
	expect(frame).toContain('$0.31');
	expect(frame).toContain('✓0 ·2 ✓4 ·8 ·12 ·24');
});

test('every row of the deploy layout is accounted for', () => {
	for (let rows = 15; rows <= 80; rows += 1) {
		for (const columns of [60, 80, 99, 100, 119, 120, 179, 180, 240]) {
			const layout = layoutDeploy({columns, rows});
			expect(layout.rows).toBe(rows - 1);
			expect(layout.body).toBeGreaterThan(0);
			if (layout.sizeClass !== 'tabs') {
				expect(layout.body + layout.log + 6).toBe(rows - 1);
				expect(layout.tree + 1 + layout.side).toBe(columns);
			}
		}
	}
});

test('hostile text cannot leave its row or send escape sequences', () => {
	const script = new Script().start().begin('0.1').log('0.1', '\u001B[2J\u001B]0;owned\u0007evil\r\nsecond line 予約👩‍👩‍👧‍👦', 'error')
		.add({type: 'step.failed', data: {task: '0.1' as never, durationMs: 3, failure: {message: 'bad \u001B[31mred\u001B[0m\u0000 \u202Etext', class: 'permanent'} as never}});
	for (const [columns, rows] of sizes) {
		const store = createAppStore({source: scenarioSession(script.events), pace: new ManualPace(), size: {columns, rows}});
		const frame = withoutStyle(drawFrame(store.getSnapshot()));
		store[Symbol.dispose]();
		expect(frame).toContain('evil');
		// eslint-disable-next-line no-control-regex -- control characters are what must be gone
		expect(frame).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u202E]/);
		expect(frame.split('\n').filter(line => cellWidth(line.trimEnd()) > columns)).toEqual([]);
	}
});

test('ASCII terminals get ASCII', () => {
	const {store} = stage('lanes', 120, 36);
	const frame = withoutStyle(drawFrame(store.getSnapshot(), true));
	store[Symbol.dispose]();
	expect([...frame].filter(character => character > '~')).toEqual([]);
	expect(frame).toContain('2A.3 Procedures');
});
