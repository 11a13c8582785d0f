// Every field of every envelope, wrong in each way a person or a program gets it wrong: the field is named, with its value
// and what is accepted. A schedule's file goes through the command line, the others through the check that agents use.
import {existsSync, mkdtempSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {PassThrough} from 'node:stream';
import {afterAll, beforeAll, describe, expect, it, test} from 'vitest';
import {findFieldProblems, formatFieldProblem} from '../../../source/eros/envelope-problems.js';
import {envelopeSchemas, scheduleSchema, type AgentName, type Schedule} from '../../../source/eros/envelope.js';
import {createOrchestrator} from '../../../source/eros/orchestrator.js';
import {runSummarySchema} from '../../../source/eros/run-summary.js';
import {parseCsv, toCsvRows} from '../../../source/eros/sinks/csv-row.js';
import {main} from '../../../source/main.js';
import {aSchedule} from '../support/a-schedule.js';
import {createTestEnvironment, weekStart} from '../support/an-environment.js';

type Json = null | boolean | number | string | readonly Json[] | {readonly [key: string]: Json};
type Path = readonly (string | number)[];

const page = 'test_healthy_large';
const samples: Record<string, Json> = {};
let folder: string;
beforeAll(async () => {
	const {summary, pages} = await createOrchestrator(createTestEnvironment()).run({pageNames: [page], weekStart});
	Object.assign(samples, pages.get(page)!.envelopes, {run_summary: summary});
	folder = mkdtempSync(path.join(tmpdir(), 'eros-envelopes-'));
	mkdirSync(path.join(folder, 'a-folder'));
});
afterAll(() => {
	rmSync(folder, {recursive: true, force: true});
});

/** Paths of all fields; of a list its first item only. */
const fieldsOf = (value: Json, at: Path = []): readonly Path[] => {
	if (Array.isArray(value)) {
		return value.length === 0 ? [at] : [at, ...fieldsOf(value[0] as Json, [...at, 0])];
	}

	return typeof value === 'object' && value !== null ? [...(at.length === 0 ? [] : [at]), ...Object.entries(value).flatMap(([key, item]) => fieldsOf(item, [...at, key]))] : [at];
};

const valueAt = (value: Json, at: Path): Json => at.reduce<Json>((inner, key) => (inner as Record<string, Json>)[key]!, value);

const removed = Symbol('removed');

/** A copy with another value at a place. */
const changed = (value: Json, [key, ...rest]: Path, to: Json | typeof removed): Json => {
	if (key === undefined) {
		return to as Json;
	}

	const copy = (Array.isArray(value) ? [...(value as readonly Json[])] : {...(value as Record<string, Json>)}) as Record<string | number, Json>;
	if (rest.length === 0 && to === removed) {
		Reflect.deleteProperty(copy, key);
	} else {
		copy[key] = changed(copy[key]!, rest, to);
	}

	return copy as Json;
};

/** Wrong values for what stands there: missing, null, another type, and what its type can have wrong. */
const wrongValues = (value: Json): readonly (Json | typeof removed)[] => {
	switch (typeof value) {
		case 'number': {
			return [removed, '12', true, [], -1e9 - 0.5];
		}

		case 'boolean': {
			return [removed, null, 'True', 0];
		}

		case 'string': {
			return [removed, 7, false, {}];
		}

		default: {
			return [removed, 7, 'text'];
		}
	}
};

const nameOf = (at: Path): string => at.map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${key}`)).join('');

/** Fields in which a negative broken number is no mistake, and the free keys of page_results. */
const isFree = (at: Path): boolean => at.at(-1) === 'avg_rpr' || at.at(-1) === 'conversion_ratio' || at.at(-1) === 'message_ratio' || (at[0] === 'page_results' && at.length === 2);
const isNullable = new Set(['data', 'error', 'reason', 'export_reason', 'schedule_id', 'data_freshness', 'conversion_ratio', 'message_ratio', 'export_status', 'saturation_zone']);

describe('every field of every envelope', () => {
	test.each([...Object.keys(envelopeSchemas), 'run_summary'])('%s', name => {
		const sample = samples[name]!;
		const schema = name === 'run_summary' ? runSummarySchema : envelopeSchemas[name as AgentName];
		expect(findFieldProblems(schema, sample)).toEqual([]);
		let tried = 0;
		for (const at of fieldsOf(sample)) {
			const value = valueAt(sample, at);
			for (const wrong of wrongValues(value)) {
				const isAllowed = (isFree(at) && (wrong === removed || typeof wrong === 'number')) || (wrong === 7 && value === null) || (wrong === 'text' && value === null && isNullable.has(String(at.at(-1))));
				if (isAllowed) {
					continue;
				}

				const problems = findFieldProblems(schema, changed(sample, at, wrong));
				const problem = problems.find(candidate => candidate.field === nameOf(at));
				expect(problem, `${nameOf(at)} = ${String(typeof wrong === 'symbol' ? 'removed' : JSON.stringify(wrong))}: ${JSON.stringify(problems)}`).toBeDefined();
				expect(problem!.value === undefined).toBe(wrong === removed);
				expect(problem!.accepted).not.toBe('');
				expect(formatFieldProblem(problem!)).toMatch(/^[\w.[\]]+ (?:is missing|is .+); expected .+/);
				tried += 1;
			}
		}

		expect(tried).toBeGreaterThan(40);
	});
});

it('a summary with fewer than no pages is told', () => {
	const at = ['orchestration_summary', 'failed'];
	expect(findFieldProblems(runSummarySchema, changed(samples['run_summary']!, at, -1))).toEqual([{field: 'orchestration_summary.failed', value: '-1', accepted: 'a number at least 0'}]);
});

describe('a schedule file on the command line', () => {
	const run = async (file: string, more: readonly string[] = []) => {
		const [stdout, stderr] = [new PassThrough(), new PassThrough()];
		const code = await main({argv: ['schedule', '--from', file, ...more], io: {stdin: new PassThrough(), stdout, stderr, env: {EROS_HOME: path.join(folder, 'home')}, cwd: folder}});
		return {code, out: String(stdout.read() ?? ''), told: String(stderr.read() ?? '')};
	};

	const write = (name: string, content: string | Uint8Array): string => {
		writeFileSync(path.join(folder, name), content);
		return name;
	};

	const schedule = (): Json => (samples['schedule_builder'] as {readonly data: Json}).data;
	const firstPaid = (): number => (schedule() as unknown as {readonly messages: readonly {readonly type: string}[]}).messages.findIndex(message => message.type === 'PPV');

	it.each(['data', 'envelope'])('is written as CSV: the %s', async kind => {
		const file = write(`${kind}.json`, JSON.stringify(kind === 'data' ? schedule() : samples['schedule_builder']));
		const {code, out} = await run(file, ['--output', `out/${kind}.csv`]);
		expect(code).toBe(0);
		expect(out).toContain(`out/${kind}.csv   28 rows, 11 columns, read back equal`);
		expect(parseCsv(readFileSync(path.join(folder, `out/${kind}.csv`), 'utf8'))).toEqual(toCsvRows(scheduleSchema.parse(schedule())));
	});

	it('is written as JSON where it is asked for: the envelope as it was', async () => {
		const {code} = await run(write('again.json', JSON.stringify(samples['schedule_builder'])), ['--format', 'json', '--output', 'out/again.json']);
		expect(code).toBe(0);
		expect(JSON.parse(readFileSync(path.join(folder, 'out/again.json'), 'utf8'))).toEqual(samples['schedule_builder']);
	});

	it('that is the data alone is written as JSON in an envelope, which is read like any other', async () => {
		expect((await run(write('alone.json', JSON.stringify(schedule())), ['--format', 'json', '--output', 'out/alone.json'])).code).toBe(0);
		const made = JSON.parse(readFileSync(path.join(folder, 'out/alone.json'), 'utf8')) as {readonly data: unknown};
		expect(findFieldProblems(envelopeSchemas.schedule_builder, made)).toEqual([]);
		expect(made.data).toEqual(schedule());
		expect((await run('out/alone.json', ['--output', 'out/alone.csv'])).code).toBe(0);
	});

	it.each([
		['itself', ['--output', 'source.json']],
		['itself by another path', ['--output', 'a-folder/../source.json', '--format', 'json']],
		['a link to it', ['--output', 'link.json', '--format', 'json']],
		['its own name by default', ['--format', 'json']],
	] as const)('is not written over: %s', async (name, flags) => {
		const text = JSON.stringify(schedule());
		const isDefault = name.endsWith('default');
		mkdirSync(path.join(folder, 'schedules'), {recursive: true});
		rmSync(path.join(folder, 'link.json'), {force: true});
		symlinkSync('source.json', path.join(folder, 'link.json'));
		const file = write(isDefault ? 'schedules/test_healthy_large_2025-11-03.json' : 'source.json', text);
		const {code, told} = await run(file, flags);
		expect(code).toBe(2);
		expect(told).toContain(`--output: ${JSON.stringify(isDefault ? path.join(folder, file) : flags[1])} is not accepted; expected another file than --from`);
		expect(readFileSync(path.join(folder, file), 'utf8')).toBe(text);
	});

	/** [what is wrong, field below messages[paid], value, told] */
	const slips: readonly (readonly [string, Path, Json | typeof removed, string])[] = [
		['a price as text', ['price'], '$15', '.price: "$15" is not accepted; expected a number'],
		['a price with cents', ['price'], 15.5, '.price: 15.5 is not accepted; expected a whole number'],
		['a price too high', ['price'], 1000, 'expected a number at most 100'],
		['a price out of its band', ['price'], 99, 'is outside the band of'],
		['an id as a number', ['caption_id'], 12_345, 'expected text in quotes'],
		['an id with letters', ['caption_id'], '12a', 'expected text that matches'],
		['an id with a leading zero', ['caption_id'], '0123', 'expected text that matches'],
		['a negative nought', ['caption_id'], '-0', 'expected text that matches'],
		['an id beyond 64 bits', ['caption_id'], '9223372036854775808', 'expected a whole number from -9223372036854775808 to 9223372036854775807 as text'],
		['a negative id beyond 64 bits', ['caption_id'], '-9223372036854775809', 'expected a whole number from -9223372036854775808'],
		['a blank text', ['caption_text'], ' \n', 'expected text that is not blank'],
		['a field too many', ['emoji'], 'no', 'expected no field of this name'],
		['an unknown type', ['type'], 'Unlock', 'expected "PPV", "Bump"'],
		['an unknown tier', ['tier'], 'Luxury', 'expected "budget", "mid", "premium", "bump"'],
		['no tier', ['tier'], removed, 'missing; expected'],
		['another day', ['day_of_week'], 'Montag', 'expected "Monday", "Tuesday"'],
		['a time that is no instant', ['send_at'], 'tomorrow', 'expected an instant such as'],
		['an hour that does not exist', ['send_local'], '2025-11-03 25:00:00', 'expected text that matches'],
		['a moved local time', ['send_local'], '2025-11-03 12:34:00', 'not 2025-11-03 12:34:00'],
		['an unknown zone', ['time_zone'], 'PST8PDT2', 'expected an IANA time zone'],
		['a score above 1', ['performance_score'], 1.5, 'expected a number at most 1'],
		['urgency as a word', ['has_urgency'], 'Yes', 'expected true or false'],
	];

	it.each(slips)('%s is told and ends with 2', async (_, at, wrong, told) => {
		const file = write('slip.json', JSON.stringify(changed(schedule(), ['messages', firstPaid(), ...at], wrong)));
		const result = await run(file);
		expect(result.code).toBe(2);
		expect(result.told).toContain(told);
		expect(result.told).toMatch(/^slip\.json: (?:messages\[\d+\]\.\w+|mm_schedule\[\d+\]\.\w+|rules): /m);
		expect(result.told).toContain('Mend the file');
		expect(result.out).toBe('');
	});

	it.each([
		['a schedule without messages', {messages: []}, /messages: \[\] is not accepted; expected a list with at least 1 item/],
		['totals that do not add up', {messages: 'fewer'}, /metadata\.volume_summary\.total_messages: 28 is not accepted; expected 27, as many as the messages are[\s\S]*rules: "totals say 16 paid/],
		['locks that are not held', {locks: {held: 3, conflicts: 0, reselections: 0}}, /rules: "3 locks are held for 28 messages"/],
		['an unknown zone colour', {metadata: 'blue'}, /metadata\.saturation_status/],
	])('%s is told', async (_, change, told) => {
		const sample = schedule() as Record<string, Json>;
		const messages = sample['messages'] as readonly Json[];
		const changes = change as Record<string, unknown>;
		const made = {
			...sample,
			...(changes['messages'] === 'fewer' ? {messages: messages.slice(0, -1)} : changes['messages'] === undefined ? {} : {messages: changes['messages'] as Json}),
			...(changes['locks'] === undefined ? {} : {locks: changes['locks'] as Json}),
			...(changes['metadata'] === undefined ? {} : {metadata: {...(sample['metadata'] as Record<string, Json>), saturation_status: 'BLUE'}}),
		};
		const result = await run(write('whole.json', JSON.stringify(made)));
		expect(result.code).toBe(2);
		expect(result.told).toMatch(told);
	});

	/** [what is wrong, field, value, told] of a schedule that is right in all else */
	it.each<readonly [string, Path, Json, string]>([
		['a week that begins on a Tuesday', ['metadata', 'week_start'], '2025-11-04', 'expected a Monday, such as 2025-11-03'],
		['a week of five days', ['metadata', 'week_end'], '2025-11-07', 'expected 2025-11-09, six days after week_start'],
		['a total that is none', ['metadata', 'volume_summary', 'total_ppvs'], -1, 'expected a number at least 0'],
		['a total of others', ['metadata', 'volume_summary', 'total_bumps'], 3, 'expected 12, as many as the messages are'],
		['prices of others', ['metadata', 'pricing_distribution', 'mid'], 3, 'expected no field of this name'],
		['a band of others', ['metadata', 'pricing_distribution', 'premium_28_45'], 99, 'as many as the messages of the tier are'],
		['a size of others', ['metadata', 'account_size'], 'small', 'expected "large", as size is LARGE'],
		['a row of others', ['mm_schedule', 0, 'time_pst'], '1:01 AM', 'as messages[0] has it'],
		['a row too few', ['mm_schedule'], [], 'expected a list with at least 1 item'],
		['a price of others', ['mm_schedule', 1, 'recommended_price'], '$99', 'as messages[1] has it'],
		['a gap of nothing', ['gap_minutes'], 0, 'expected a number at least 1'],
		['a gap that hides what is too close', ['gap_minutes'], 1, 'expected 90, the gap of a LARGE page that is GREEN'],
		['a negative wish', ['requested', 'ppv'], -2, 'expected a number at least 0'],
		['a negative lock', ['locks', 'conflicts'], -1, 'expected a number at least 0'],
		['an id of blanks', ['schedule_id'], '  ', 'expected text that is not blank'],
		['a field too many', ['author'], 'me', 'expected no field of this name'],
	])('%s is told', async (_, at, wrong, told) => {
		const result = await run(write('head.json', JSON.stringify(changed(schedule(), at, wrong))));
		expect(result.code).toBe(2);
		expect(result.told).toContain(`head.json: ${nameOf(at)}: `);
		expect(result.told).toContain(told);
	});

	it('a zone better than its score is told', async () => {
		const result = await run(write('zone.json', JSON.stringify(changed(schedule(), ['saturation_score'], 0.7))));
		expect(result.code).toBe(2);
		expect(result.told).toContain('zone.json: metadata.saturation_status: ');
		expect(result.told).toContain('expected "RED" or worse, as saturation_score is 0.7');
	});

	it('a RED page that sends something paid on its cooling days is told', async () => {
		const sample = schedule() as unknown as Schedule;
		const paid = sample.messages.findIndex(message => message.type === 'PPV' && message.send_local < '2025-11-05');
		const result = await run(write('red.json', JSON.stringify({...sample, metadata: {...sample.metadata, saturation_status: 'RED'}})));
		expect(result.code).toBe(2);
		expect(result.told).toContain(`red.json: messages[${paid}].type: "PPV" is not accepted; expected "Bump", as ${sample.messages[paid]!.send_local.slice(0, 10)} is a cooling day of a RED page`);
	});

	it.each<readonly [string, Readonly<Record<string, Json>>, string]>([
		['a success with an error', {error: {code: 'X', message: 'x', retryable: false}}, 'error: '],
		['a success without data', {data: null}, 'expected an object, as the status is success'],
		['a failure with data', {status: 'failed', error: {code: 'X', message: 'x', retryable: false}}, 'expected null, as the status is failed'],
		['a failure without an error', {status: 'failed', data: null}, 'expected an object with code, message and retryable, as the status is failed'],
		['an end before the start', {started_at: '2025-11-03T10:00:00Z', finished_at: '2025-11-03T09:59:59Z'}, 'expected an instant not before started_at, 2025-11-03T10:00:00Z'],
		['a field too many', {note: 'x'}, 'expected no field of this name'],
		['a week that begins on a Wednesday', {week_start: '2025-11-05'}, 'week_start: "2025-11-05" is not accepted; expected a Monday as YYYY-MM-DD'],
		['another week than its schedule', {week_start: '2025-11-10'}, 'week_start: "2025-11-10" is not accepted; expected "2025-11-03", as data.metadata.week_start has it'],
		['another page than its schedule', {page_name: 'page_01'}, 'page_name: "page_01" is not accepted; expected "test_healthy_large", as data.page_name has it'],
		['a run of blanks', {run_id: ' '}, 'run_id: " " is not accepted; expected text that is not blank'],
	])('an envelope with %s is told', async (_, change, told) => {
		const {code, told: text} = await run(write('envelope.json', JSON.stringify({...(samples['schedule_builder'] as object), ...change})));
		expect(code).toBe(2);
		expect(text).toContain(told);
	});

	it.each(['9223372036854775807', '-9223372036854775808', '0'])('the id %s is one', async id => {
		const made = changed(changed(schedule(), ['messages', 0, 'caption_id'], id), ['mm_schedule', 0, 'caption_id'], id);
		expect((await run(write('id.json', JSON.stringify(made)), ['--output', 'out/id.csv'])).code).toBe(0);
	});

	it.each(['../evil', '/evil', 'Page 1', '.'])('with the page %j is told and writes nothing: a page is a part of a file name', async name => {
		const before = readdirSync(folder).length;
		const result = await run(write('page.json', JSON.stringify({...(schedule() as Record<string, Json>), page_name: name})));
		expect(result.code).toBe(2);
		expect(result.told).toMatch(/^page\.json: page_name: .+ is not accepted; expected text that matches/m);
		expect(readdirSync(folder).filter(entry => entry !== 'page.json' && entry.startsWith('evil'))).toEqual([]);
		expect(readdirSync(folder).length).toBeLessThanOrEqual(before + 1);
	});

	it.each([
		['a file that is not there', 'nothing.json', 'a file that exists'],
		['a folder', 'a-folder', 'a file, not a folder'],
		['no JSON', 'text.json', 'a file with JSON'],
		['no UTF-8', 'bytes.json', 'a file with UTF-8 text'],
		['another envelope', 'other.json', '"schedule_builder"'],
		['a failed envelope', 'failed.json', 'the schedule of an envelope whose status is success'],
		['a list', 'list.json', 'expected an object'],
	])('%s is told', async (_, file, accepted) => {
		write('text.json', 'week,page');
		write('bytes.json', Uint8Array.from([0x22, 0xff, 0xfe, 0x22]));
		write('other.json', JSON.stringify(samples['caption_selector']));
		write('failed.json', JSON.stringify({...(samples['schedule_builder'] as object), status: 'failed', error: {code: 'X', message: 'x', retryable: false}, data: null}));
		write('list.json', '[]');
		const {code, told} = await run(file);
		expect(code).toBe(2);
		expect(told).toContain(accepted);
	});

	it('of a page that is RED is written with --force only', async () => {
		const red = aSchedule({zone: 'RED'});
		const file = write('red-page.json', JSON.stringify({...red, saturation_score: 0.72}));
		const {code, told, out} = await run(file, ['--output', 'out/red.csv']);
		expect(code).toBe(2);
		expect(told).toBe('--from: "red-page.json" is not accepted; expected the schedule of a page that is not RED (this one is, 0.72), or --force beside it.\n  eros-tui schedule --from red-page.json --force --output out/red.csv\n');
		expect(out).toBe('');
		expect(existsSync(path.join(folder, 'out/red.csv'))).toBe(false);
		expect((await run(file, ['--output', 'out/red.csv', '--force'])).code).toBe(0);
		expect(existsSync(path.join(folder, 'out/red.csv'))).toBe(true);
	});

	it('says page and week itself', async () => {
		const {code, told} = await run('data.json', ['--page-name', 'page_01']);
		expect(code).toBe(2);
		expect(told).toContain('--from: "data.json" is not accepted; expected it alone');
	});
});
