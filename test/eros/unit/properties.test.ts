// Invariants over any pages, weeks and pools: what holds for every schedule and for all schedules together.
import fc from 'fast-check';
import {Temporal} from 'temporal-polyfill';
import {describe, expect, it} from 'vitest';
import {accountSizes} from '../../../source/eros/account-size.js';
import {scheduleSchema, type Schedule} from '../../../source/eros/envelope.js';
import {createOrchestrator} from '../../../source/eros/orchestrator.js';
import {buildSchedule, type ScheduleInputs} from '../../../source/eros/schedule/build.js';
import {modes, zones} from '../../../source/eros/schedule/saturation.js';
import {apportion} from '../../../source/eros/schedule/largest-remainder.js';
import {csvColumns, formatCsv, parseCsv, toCsvRows, type CsvRow} from '../../../source/eros/sinks/csv-row.js';
import {repetitionBreaches, weekBreaches} from '../../simulation/rules.js';
import {createTestEnvironment} from '../support/an-environment.js';
import {aPool, scheduleInputs} from '../support/a-pool.js';
import {aSchedule} from '../support/a-schedule.js';

const sizes = fc.constantFrom(...accountSizes);
const segments = fc.constantFrom('EXPLORATORY', 'BUDGET', 'STANDARD', 'PREMIUM', 'LUXURY');
/** Mondays from 2015 on, and the weeks in which clocks change in Los Angeles. */
const mondays = fc.oneof(
	fc.integer({min: 0, max: 1000}).map(weeks => Temporal.PlainDate.from('2015-01-05').add({weeks}).toString()),
	fc.constantFrom('2025-10-27', '2025-11-03', '2026-03-02', '2026-03-09', '2026-10-26'),
);

describe('all pages of a run, and the runs that follow', () => {
	const pages = fc.array(fc.record({size: sizes, zone: fc.constantFrom(...zones), segment: segments}), {minLength: 1, maxLength: 7});

	it('keep every rule; no caption is used twice within seven days on any page; locks equal messages', async () => {
		await fc.assert(
			fc.asyncProperty(pages, fc.integer({min: 8, max: 300}), fc.boolean(), async (facts, captionsPerTier, parallel) => {
				const named = Object.fromEntries(facts.map((fact, index) => [`page_${index}`, {...fact, score: {GREEN: 0, YELLOW: 0.4, RED: 0.8}[fact.zone]}]));
				const environment = createTestEnvironment({pages: named, captionsPerTier});
				for (const [turn, weekStart] of ['2025-11-03', '2025-11-10', '2025-11-10'].entries()) {
					const {summary} = await createOrchestrator({...environment, runId: `run${turn}`}).run({pageNames: Object.keys(named), weekStart, parallel});
					for (const [page, result] of Object.entries(summary.page_results)) {
						const saved = environment.warehouse.schedules.find(schedule => schedule.scheduleId === result.schedule_id);
						if (result.status === 'failed') {
							// Only a pool that is used up may leave a page without a week, and then nothing of it stays.
							expect(['EMPTY_SCHEDULE', 'LOCK_CONFLICT']).toContain(result.error!.code);
							expect(environment.warehouse.locks.filter(lock => lock.page === page && lock.isActive && environment.warehouse.schedules.every(schedule => schedule.scheduleId !== lock.scheduleId))).toEqual([]);
							continue;
						}

						const schedule = scheduleSchema.parse(JSON.parse(saved!.json));
						const locks = environment.warehouse.locks.filter(lock => lock.scheduleId === schedule.schedule_id && lock.isActive);
						const isShort = result.warnings.some(warning => warning.includes('left out'));
						const breaches = weekBreaches(schedule, locks.map(lock => ({...lock, page})));
						expect(breaches.filter(breach => !isShort || !breach.includes('instead of'))).toEqual([]);
					}
				}

				expect(repetitionBreaches(environment.warehouse.locks.filter(lock => lock.isActive))).toEqual([]);
			}),
			{numRuns: 8},
		);
	}, 120_000);
});

describe('one week', () => {
	const inputs: fc.Arbitrary<ScheduleInputs> = fc.record({
		accountSize: sizes, zone: fc.constantFrom(...zones), mode: fc.constantFrom(...modes), segment: segments, weekStart: mondays,
		pool: fc.record({budget: fc.nat(24), mid: fc.nat(24), premium: fc.nat(24), bump: fc.nat(40)}).map(counts => aPool(counts)),
		windows: fc.array(fc.record({dayType: fc.constantFrom('Weekday' as const, 'Weekend' as const), hour: fc.integer({min: 0, max: 23}), avgRpr: fc.double({min: 0, max: 9, noNaN: true}), confidence: fc.constantFrom('HIGH' as const, 'MED' as const, 'LOW' as const)}), {maxLength: 20}),
		pageName: fc.stringMatching(/^[a-z\d_]{1,12}$/),
	}).map(overrides => scheduleInputs(overrides));

	it('keeps every rule, whatever the page, the week, the hours and the pool: what the pool lacks is left out and told', () => {
		fc.assert(
			fc.property(inputs, ({mode: _mode, ...given}) => {
				const built = buildSchedule({...given, mode: 'optimize'});
				fc.pre(built.messages.length > 0);
				const schedule = aSchedule({...given, mode: 'optimize'});
				const breaches = weekBreaches(schedule, schedule.messages.map(message => ({page: schedule.page_name, captionId: message.caption_id, scheduleId: schedule.schedule_id, date: message.send_local.slice(0, 10), isActive: true})));
				const isShort = built.warnings.length > 0;
				expect(breaches.filter(breach => !isShort || !breach.includes('instead of'))).toEqual([]);
			}),
			{numRuns: 30},
		);
	});

	it('from the same inputs is the same, byte for byte, in whatever order the pool comes', () => {
		fc.assert(
			fc.property(inputs, fc.infiniteStream(fc.nat()), (given, order) => {
				const shuffled = given.pool.map(caption => ({caption, place: order.next().value as number})).sort((a, b) => a.place - b.place).map(({caption}) => caption);
				const again = buildSchedule({...given, pool: shuffled});
				expect(JSON.stringify(again.messages)).toBe(JSON.stringify(buildSchedule(given).messages));
			}),
			{numRuns: 40},
		);
	});

	it('does not know how late it is: the same week planned later is the rest of it', () => {
		fc.assert(
			fc.property(inputs, fc.integer({min: 0, max: 7 * 24 * 60}), (given, minutes) => {
				const start = Temporal.PlainDate.from(given.weekStart).toZonedDateTime(given.timeZone).epochMilliseconds;
				const nowMs = start + minutes * 60_000;
				const whole = buildSchedule(given).messages.map(message => message.send_at);
				const rest = buildSchedule({...given, nowMs}).messages.map(message => message.send_at);
				expect(rest).toEqual(whole.filter(at => Date.parse(at) > nowMs));
			}),
			{numRuns: 40},
		);
	});

	it('names each message by its instant and by the wall clock of the page, in every week of the year', () => {
		fc.assert(
			fc.property(inputs, given => {
				for (const message of buildSchedule(given).messages) {
					const zoned = Temporal.Instant.from(message.send_at).toZonedDateTimeISO('America/Los_Angeles');
					expect(`${zoned.toPlainDate().toString()} ${zoned.toPlainTime().toString({smallestUnit: 'second'})}`).toBe(message.send_local);
					expect(message.send_at.slice(-6)).toBe(zoned.offset);
				}
			}),
			{numRuns: 40},
		);
	});
});

describe('apportionment', () => {
	it('adds up, gives nothing to weight 0, and is within one of the exact share', () => {
		fc.assert(
			fc.property(fc.nat(500), fc.array(fc.nat(50), {minLength: 1, maxLength: 9}), fc.boolean(), (total, weights, preferLast) => {
				const parts = apportion(total, weights, preferLast);
				const sum = weights.reduce((all, weight) => all + weight, 0);
				expect(parts.reduce((all, part) => all + part, 0)).toBe(sum === 0 ? 0 : total);
				for (const [index, part] of parts.entries()) {
					const exact = sum === 0 ? 0 : (total * weights[index]!) / sum;
					expect(weights[index] === 0 && part > 0).toBe(false);
					expect(Math.abs(part - exact)).toBeLessThan(1);
				}
			}),
		);
	});
});

describe('the CSV', () => {
	const cell = fc.oneof(fc.string({unit: 'grapheme'}), fc.string({unit: fc.constantFrom('"', ',', '\r', '\n', "'", '=', '-', '+', '@', 'x', '\t', '😀', '\uFEFF', ' ')}));
	const id = fc.oneof(fc.bigInt({min: -(2n ** 63n), max: 2n ** 63n - 1n}), fc.constantFrom(-(2n ** 63n), 2n ** 63n - 1n, -2_194_714_712_821_639_177n)).map(String);

	it('brings back any text in any column, and ids of 19 digits with their sign', () => {
		const rows = fc.array(
			fc.record(Object.fromEntries(csvColumns.map(column => [column, column === 'caption_id' ? id : cell])) as Record<keyof CsvRow, fc.Arbitrary<string>>),
			{minLength: 1, maxLength: 6},
		);
		fc.assert(
			fc.property(rows, fc.boolean(), (given, hasByteOrderMark) => {
				expect(parseCsv(formatCsv(given, {hasByteOrderMark}))).toEqual(given);
			}),
			{numRuns: 300},
		);
	});

	it('brings back a schedule with any captions', () => {
		fc.assert(
			fc.property(fc.array(fc.record({caption_text: cell, category: cell, caption_id: id}), {minLength: 20, maxLength: 20}), captions => {
				const week = aSchedule();
				const schedule: Schedule = {...week, messages: week.messages.map((message, index) => ({...message, ...captions[index]!}))};
				const back = parseCsv(formatCsv(toCsvRows(schedule)));
				expect(back.map(row => [row.caption_id, row.caption_text, row.content_category])).toEqual(captions.map(caption => [caption.caption_id, caption.caption_text, caption.category]));
			}),
			{numRuns: 60},
		);
	});
});
