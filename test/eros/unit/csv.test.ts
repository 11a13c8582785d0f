import fc from 'fast-check';
import {describe, expect, it, test} from 'vitest';
import {csvColumns, differenceOf, formatCsv, parseCsv, toCsvRows, type CsvRow} from '../../../source/eros/sinks/csv-row.js';
import {createCsvSink, createJsonSink} from '../../../source/eros/sinks/file-sinks.js';
import {decideExport} from '../../../source/eros/sinks/export-gate.js';
import {aSchedule} from '../support/a-schedule.js';
import {createMemoryFiles} from '../support/memory-files.js';

const row: CsvRow = {
	schedule_id: 'test_20251103_001',
	page_name: 'test_creator',
	day_of_week: 'Monday',
	scheduled_send_time: '2025-11-03 10:00:00',
	message_type: 'PPV',
	caption_id: '12345',
	caption_text: 'Test caption',
	price_tier: 'Mid',
	content_category: 'Tease',
	has_urgency: 'False',
	performance_score: '0.75',
};

describe('the CSV contract', () => {
	it('has eleven columns in the agreed order, CRLF and no byte order mark unless asked for', () => {
		const text = formatCsv([row]);
		expect(text).toBe(`${csvColumns.join(',')}\r\ntest_20251103_001,test_creator,Monday,2025-11-03 10:00:00,PPV,12345,Test caption,Mid,Tease,False,0.75\r\n`);
		expect(csvColumns).toHaveLength(11);
		expect(formatCsv([row], {hasByteOrderMark: true}).startsWith('\uFEFFschedule_id')).toBe(true);
		expect(parseCsv(formatCsv([row], {hasByteOrderMark: true}))).toEqual([row]);
	});

	it('quotes commas, quotes and newlines and keeps emoji and 19-digit ids', () => {
		const tricky = {...row, caption_id: '-2194714712821639177', caption_text: 'A "quoted", 🔥 line\r\nand another\nand ü'};
		const text = formatCsv([tricky]);
		expect(text).toContain('"-2194714712821639177"');
		expect(text).toContain('"A ""quoted"", 🔥 line\r\nand another\nand ü"');
		expect(parseCsv(text)).toEqual([tricky]);
	});

	test.each(['=1+1', '+1', '-1', '@x', '\tx', '\rx', "'=1", "''-"])('keeps a spreadsheet from running %j', cell => {
		const text = formatCsv([{...row, caption_text: cell}]);
		const line = text.slice(text.indexOf('\r\n') + 2);
		expect(line).not.toMatch(/(?:^|,)"?[=+@\t\r-]/);
		expect(parseCsv(text)[0]!.caption_text).toBe(cell);
	});

	it('does not change the minus sign of an id', () => {
		expect(formatCsv([{...row, caption_id: '-5'}])).toContain(',-5,');
	});

	it('refuses other columns', () => {
		expect(() => parseCsv('a,b\r\n1,2\r\n')).toThrow(/expected schedule_id/);
	});

	it('reads back whatever was written', () => {
		const cell = fc.oneof(fc.string({unit: 'grapheme'}), fc.string({unit: fc.constantFrom('"', ',', '\r', '\n', "'", '=', '-', 'x', '\t', '😀')}));
		fc.assert(
			fc.property(fc.array(fc.record({text: cell, category: cell, id: fc.bigInt({min: -(2n ** 63n), max: 2n ** 63n - 1n})}), {minLength: 1, maxLength: 5}), cells => {
				const rows = cells.map(({text, category, id}) => ({...row, caption_text: text, content_category: category, caption_id: String(id)}));
				expect(differenceOf(rows, parseCsv(formatCsv(rows)))).toBeUndefined();
			}),
		);
	});

	it('names the first difference', () => {
		expect(differenceOf([row], [])).toMatch(/0 rows read back, 1 written/);
		expect(differenceOf([row], [{...row, has_urgency: 'True'}])).toMatch(/row 1, has_urgency/);
	});
});

describe('file sinks', () => {
	it('writes local times in time order, tiers for people and two decimals, and reads it back', async () => {
		const files = createMemoryFiles();
		const schedule = aSchedule();
		const receipt = await createCsvSink({files, pathOf: () => 'out/week.csv'}).write(schedule);
		expect(receipt).toEqual({destination: 'out/week.csv', messageCount: 20, detail: '20 rows, 11 columns, read back equal'});
		const rows = parseCsv(new TextDecoder().decode(files.contents.get('out/week.csv')));
		expect(rows).toEqual(toCsvRows(schedule));
		expect([...rows].sort((a, b) => (a.scheduled_send_time < b.scheduled_send_time ? -1 : 1))).toEqual(rows);
		expect(new Set(rows.map(({message_type: type, price_tier: tier}) => `${type} ${tier}`))).toEqual(new Set(['PPV Budget', 'PPV Mid', 'PPV Premium', 'Bump Free']));
		expect(rows.every(item => /^\d\.\d\d$/.test(item.performance_score) && /^(?:True|False)$/.test(item.has_urgency))).toBe(true);
	});

	it('fails when the file does not hold what was written', async () => {
		const files = createMemoryFiles();
		const broken = {...files, read: async (path: string) => (await files.read(path)).slice(0, -30)};
		await expect(createCsvSink({files: broken, pathOf: () => 'week.csv'}).write(aSchedule())).rejects.toThrow();
		await expect(createJsonSink({files: broken, pathOf: () => 'week.json'}).write(aSchedule())).rejects.toThrow();
	});

	it('names the cell that came back another', async () => {
		const files = createMemoryFiles();
		const swapped = {...files, read: async (path: string) => new TextEncoder().encode(new TextDecoder().decode(await files.read(path)).replace(',Monday,', ',Sunday,'))};
		await expect(createCsvSink({files: swapped, pathOf: () => 'week.csv'}).write(aSchedule())).rejects.toThrow('row 1, day_of_week: "Sunday" read back, "Monday" written');
	});

	it('writes the schedule as JSON', async () => {
		const files = createMemoryFiles();
		const schedule = aSchedule();
		await createJsonSink({files, pathOf: () => 'week.json'}).write(schedule);
		expect(JSON.parse(new TextDecoder().decode(files.contents.get('week.json')))).toEqual(schedule);
	});
});

describe('the export gate', () => {
	const open = {problems: [], zone: 'GREEN' as const, isAutoExport: true, isForced: false};
	test.each([
		['valid, GREEN, automatic', open, true],
		['RED', {...open, zone: 'RED' as const}, false],
		['invalid', {...open, problems: ['x']}, false],
		['automatic export off', {...open, isAutoExport: false}, false],
		['RED and forced', {...open, zone: 'RED' as const, isForced: true}, true],
		['invalid and forced', {...open, problems: ['x'], isForced: true}, false],
	])('%s', (_, question, mayExport) => {
		expect(decideExport(question).mayExport).toBe(mayExport);
	});
});
