// What a run says without a screen: plain lines, sentences, NDJSON, and the summary that stays.
import {describe, expect, test} from 'vitest';
import {presentAccessible} from '../../source/report/accessible.js';
import {exitSummary} from '../../source/report/exit-summary.js';
import {presentNdjson} from '../../source/report/ndjson.js';
import {presentPlain} from '../../source/report/plain.js';
import {ManualPace} from '../support/manual-pace.js';
import {scenarioSession} from '../support/scenario-session.js';
import {scenario} from '../support/scenarios/index.js';
import {Script} from '../support/scenarios/script.js';

const journalPath = '/state/runs/7f3a91c2/journal.ndjson';

class Lines {
	text = '';
	write(part: string): boolean {
		this.text += part;
		return true;
	}

	get lines(): readonly string[] {
		return this.text.split('\n').slice(0, -1);
	}
}

const plainOf = async (events: Parameters<typeof scenarioSession>[0]): Promise<readonly string[]> => {
	const out = new Lines();
	const session = scenarioSession(events);
	session.finish(1);
	await presentPlain(session, out, {clock: new ManualPace(), journalPath});
	return out.lines;
};

describe('plain', () => {
	test('a whole run, one line a fact', async () => {
		const lines = await plainOf(scenario('finished'));
		const text = lines.join('\n');
		expect(lines[0]).toMatch(/^\d\d:00:00 +eros-tui 1\.0\.0 {2}rehearse {2}of-scheduler-proj\.eros_scheduling_brain {2}embedded {2}run 7f3a91c2 {2}seed 1$/);
		expect(text).toMatch(/^\d\d:\d\d:\d\d A 2A\.2 +✓ .*13\/13/m);
		expect(text).toMatch(/^\d\d:\d\d:\d\d 3 +✓ gate ✓ #1 ✓ #2 ✓ #3 ✓ #4 ✓ #5$/m);
		expect(text).toContain('restore point 20251103_151200 proven');
		expect(text).toContain('asks for the phrase: deploy of-scheduler-proj.eros_scheduling_brain 7f3a-91c2');
		expect(text).toMatch(/5\.2 .*health 93.*\$0\.31/);
		expect(text).toContain('rolled back to 20251103_151200: 9 of 9 tables equal');
		expect(text).toMatch(/Health Score: 93\/100 {3}cost \$0\.31/);
		expect(lines.at(-1)).toContain(`journal ${journalPath}   show it again: eros-tui replay 7f3a91c2`);
		// eslint-disable-next-line no-control-regex -- plain lines hold nothing but text
		expect(text).not.toMatch(/[\u0000-\u0009\u000B-\u001F]/);
	});

	test('a failure says cause, place, job and what next', async () => {
		const text = (await plainOf(scenario('failure'))).join('\n');
		expect(text).toMatch(/A 2A\.3 +✗ .*Expected END but got identifier "ELSIF"/);
		expect(text).toContain('sql/procedures/sweep_expired_caption_locks.sql:141:3');
		expect(text).toContain('eros_7f3a91c2_1_2A3_s4_a1');
		expect(text).toMatch(/what next\? edit and replan \(.*; retry \(.*; abort \(.*/);
		expect(text).not.toContain('skip (');
	});

	test('a quiet step says every 10 s that it still runs', async () => {
		const session = scenarioSession(scenario('lanes'));
		const pace = new ManualPace();
		const out = new Lines();
		const done = presentPlain(session, out, {clock: pace, journalPath});
		pace.advance(9999);
		expect(out.text).not.toContain('still running');
		pace.advance(10_001);
		expect(out.lines.filter(line => line.includes('still running'))).toHaveLength(2);
		expect(out.text).toMatch(/A 2A\.3 Procedures still running 10s: lock_caption_assignments, 4 of 7/);
		session.finish(0);
		expect(await done).toBe(0);
		expect(pace.timers).toBe(0);
	});

	test('two lanes hold the floor for a second before they alternate', async () => {
		const script = new Script().start();
		const session = scenarioSession(script.events);
		const pace = new ManualPace();
		const out = new Lines();
		const done = presentPlain(session, out, {clock: pace, journalPath});
		for (let beat = 0; beat < 40; beat += 1) {
			script.log(beat % 2 === 0 ? '2A.3' : '2B.5', `said ${beat}`, 'warning');
			session.emit(script.events.at(-1)!);
			pace.advance(100);
		}

		session.finish(0);
		await done;
		const lanes = out.lines.filter(line => line.includes('said')).map(line => line[9]);
		expect(lanes).toHaveLength(40);
		const turns = lanes.filter((lane, index) => index > 0 && lane !== lanes[index - 1]).length;
		expect(turns).toBeGreaterThan(0);
		expect(turns).toBeLessThanOrEqual(8);
	});
});

test('accessible lines are sentences without marks or columns', async () => {
	const out = new Lines();
	const session = scenarioSession(scenario('finished'));
	await presentAccessible(session, out, {clock: new ManualPace(), journalPath});
	expect(out.text).not.toMatch(/[✓✗·│─▸⠋]/);
	expect(out.text).toContain('Lane A, step 2A.2.');
	expect(out.text.endsWith('\u0007')).toBe(true);
});

describe('ndjson', () => {
	test('hello first, every event, the end last', async () => {
		const events = scenario('finished');
		const out = new Lines();
		const code = await presentNdjson(scenarioSession(events), out, '1.0.0');
		const records = out.lines.map(line => JSON.parse(line) as Record<string, unknown>);
		expect(code).toBe(0);
		expect(records[0]).toEqual({type: 'hello', schema: 1, version: '1.0.0', run: '7f3a91c2'});
		expect(records).toHaveLength(events.length + 1);
		expect(records.slice(1).map(({seq}) => seq)).toEqual(events.map(({seq}) => seq));
		expect(records.at(-1)).toMatchObject({type: 'run.finished', outcome: 'passed', exitCode: 0});
	});

	test('nothing follows the end', async () => {
		const script = new Script();
		const session = scenarioSession(scenario('finished'));
		const out = new Lines();
		const done = presentNdjson(session, out, '1.0.0');
		session.emit(script.add({type: 'log.written', data: {level: 'info', text: 'said after the end'}}).events[0]!);
		await done;
		expect(out.text).not.toContain('said after the end');
	});
});

describe('exit summary', () => {
	const summaryOf = (name: Parameters<typeof scenario>[0]): string => exitSummary(scenarioSession(scenario(name)).state(), {journalPath, durationMs: 61_000});

	test('of a run that is over', () => {
		const summary = summaryOf('finished');
		expect(summary).toMatch(/^eros-tui {2}run 7f3a91c2 {2}rehearse of-scheduler-proj\.eros_scheduling_brain {2}done after 1m 01s\n/);
		expect(summary).toContain('rollback: 9 of 9 tables, 16 of 16 routines, 3 of 3 schedules equal');
		expect(summary).toContain('Health Score: 93/100');
		expect(summary.endsWith('  show it again  eros-tui replay 7f3a91c2\n')).toBe(true);
	});

	test('of a failed step: place, message, job, and the way on', () => {
		const summary = summaryOf('failure');
		expect(summary).toContain('NOT FINISHED');
		expect(summary).toContain('production unchanged · staging 9 of 17 objects · restore point 20251103_151200 kept');
		expect(summary).toContain('  ✗ 2A.3 sql/procedures/sweep_expired_caption_locks.sql:141:3\n      Syntax error: Expected END but got identifier "ELSIF"   job eros_7f3a91c2_1_2A3_s4_a1');
		expect(summary).toContain(`  journal ${journalPath}\n  resume  eros-tui rehearse --resume 7f3a91c2\n`);
	});
});
