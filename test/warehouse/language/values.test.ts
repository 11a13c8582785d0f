// Values against BigQuery's documented semantics: single cases, and properties against models written here.
import fc from 'fast-check';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {Cell} from '../../../source/warehouse/contract.js';
import {openWarehouse, type Warehouse} from './support.js';

let warehouse: Warehouse;

beforeAll(async () => {
	warehouse = await openWarehouse();
});
afterAll(async () => {
	await warehouse.close();
});

describe('single values', () => {
	it.each<[string, readonly Cell[]]>([
		["SELECT TIMESTAMP_DIFF(TIMESTAMP '2025-01-02 00:00:00', TIMESTAMP '2025-01-01 00:00:01', DAY), TIMESTAMP_DIFF(TIMESTAMP '2025-01-01 00:00:01', TIMESTAMP '2025-01-02 00:00:00', HOUR)", ['0', '-23']],
		["SELECT DATE_DIFF(DATE '2017-10-15', DATE '2017-10-14', WEEK), DATE_DIFF(DATE '2017-10-15', DATE '2017-10-14', WEEK(MONDAY)), DATE_DIFF(DATE '2025-01-06', DATE '2025-01-05', ISOWEEK), DATE_DIFF(DATE '2024-12-31', DATE '2025-01-01', YEAR), DATE_DIFF(DATE '2025-03-01', DATE '2025-02-28', MONTH)", ['1', '0', '1', '-1', '1']],
		["SELECT DATE_TRUNC(DATE '2024-12-30', ISOYEAR), DATE_TRUNC(DATE '2025-05-17', QUARTER), LAST_DAY(DATE '2024-02-10'), LAST_DAY(DATE '2025-01-01', WEEK(MONDAY)), DATE_ADD(DATE '2025-01-31', INTERVAL 1 MONTH), DATE_SUB(DATE '2024-02-29', INTERVAL 1 YEAR)", ['2024-12-30', '2025-04-01', '2024-02-29', '2025-01-05', '2025-02-28', '2023-02-28']],
		["SELECT EXTRACT(WEEK FROM DATE '2025-01-04'), EXTRACT(WEEK FROM DATE '2025-01-05'), EXTRACT(ISOWEEK FROM DATE '2024-12-30'), EXTRACT(ISOYEAR FROM DATE '2024-12-30'), EXTRACT(DAYOFWEEK FROM DATE '2025-01-05'), EXTRACT(HOUR FROM TIMESTAMP '2025-07-01 06:30:00' AT TIME ZONE 'America/Los_Angeles')", ['0', '1', '1', '2025', '1', '23']],
		["SELECT UNIX_SECONDS(TIMESTAMP '1969-12-31 23:59:59.5'), UNIX_MILLIS(TIMESTAMP '1969-12-31 23:59:59.9995'), UNIX_SECONDS(TIMESTAMP '1970-01-01 00:00:01.9')", ['-1', '-1', '1']],
		["SELECT DATE(TIMESTAMP '2025-01-01 03:00:00', 'America/Los_Angeles'), CAST(TIMESTAMP_TRUNC(TIMESTAMP '2025-03-09 12:00:00', DAY, 'America/Los_Angeles') AS STRING)", ['2024-12-31', '2025-03-09 08:00:00+00']],
		['SELECT ROUND(2.5), ROUND(-2.5), ROUND(0.5), ROUND(2.675, 2), ROUND(1234.5, -2), ROUND(NUMERIC \'2.345\', 2), ROUND(NUMERIC \'-2.5\'), TRUNC(-2.7), CAST(2.5 AS INT64), CAST(-2.5 AS INT64)', [3, -3, 1, 2.67, 1200, '2.35', '-3', -2, '3', '-3']],
		['SELECT SAFE_DIVIDE(1, 0), SAFE_DIVIDE(0, 0), SAFE_DIVIDE(NULL, 1), SAFE_DIVIDE(1, 4), SAFE_ADD(9223372036854775807, 1), IEEE_DIVIDE(1, 0)', [null, null, null, 0.25, null, 'Infinity']],
		['SELECT GREATEST(1, NULL, 3), LEAST(2, 1.5), CONCAT(\'a\', NULL), NULLIF(1, 1), IF(NULL, 1, 2), IFNULL(NULL, 5)', [null, 1.5, null, null, '2', '5']],
		["SELECT FARM_FINGERPRINT('foo'), FARM_FINGERPRINT(''), FARM_FINGERPRINT(CAST('foo' AS BYTES))", ['6150913649986995171', '-7286425919675154353', '6150913649986995171']],
		["SELECT FORMAT('%05d|%-5s|%5.1f|%t|%T|%%|%x|%d', 42, 'ab', 3.14159, DATE '2025-01-01', 'q', 255, -7), FORMAT('%s', CAST(NULL AS STRING)), FORMAT('%t', NULL), FORMAT(\"%'d\", 1234567)", ['00042|ab   |  3.1|2025-01-01|"q"|%|ff|-7', null, 'NULL', '1,234,567']],
		["SELECT JSON_VALUE('{\"a\": [1, {\"b\": \"x\"}]}', '$.a[1].b'), JSON_QUERY('{\"a\": {\"b\": 1}}', '$.a'), JSON_VALUE('{\"a\": {\"b\": 1}}', '$.a'), JSON_VALUE('nope', '$.a'), TO_JSON_STRING(STRUCT(1 AS a, [1.5, NULL] AS b, 'x\"y' AS c, DATE '2025-01-01' AS d))", ['x', '{"b":1}', null, null, '{"a":1,"b":[1.5,null],"c":"x\\"y","d":"2025-01-01"}']],
		["SELECT INITCAP('élan o\\'neil-x'), REPLACE('aaa', '', 'b'), TRIM('xxaxx', 'x'), TRANSLATE('abc', 'ab', 'x'), REGEXP_EXTRACT('a1b2', r'([a-z])\\d'), REGEXP_EXTRACT('xyz', r'\\d'), REGEXP_REPLACE('abc', '(b)', r'<\\1>')", ["Élan O'neil-X", 'aaa', 'a', 'xc', 'a', null, 'a<b>c']],
		["SELECT SPLIT('a,b,,c'), SPLIT(''), ARRAY_TO_STRING(['a', NULL, 'b'], ','), ARRAY_TO_STRING(['a', NULL, 'b'], ',', '?'), GENERATE_ARRAY(5, 1, -2), GENERATE_ARRAY(1, 0)", [['a', 'b', '', 'c'], [''], 'a,b', 'a,?,b', ['5', '3', '1'], []]],
		['SELECT COUNT(*), COUNT(x), COUNT(DISTINCT x), COUNTIF(x > 1), SUM(x), STRING_AGG(CAST(x AS STRING), \'-\' ORDER BY x DESC LIMIT 2), ARRAY_AGG(x IGNORE NULLS ORDER BY x LIMIT 2) FROM UNNEST([2, 1, NULL, 2]) AS x', ['4', '3', '2', '2', '5', '2-2', ['1', '2']]],
		['SELECT COUNT(*), SUM(x), AVG(x), COUNTIF(x > 0), STRING_AGG(\'a\'), LOGICAL_AND(x > 0), ARRAY_AGG(x) FROM UNNEST(CAST([] AS ARRAY<INT64>)) AS x', ['0', null, null, '0', null, null, null]],
		['SELECT ARRAY_AGG(x ORDER BY x), ARRAY_AGG(x ORDER BY x DESC) FROM UNNEST([3, NULL, 1]) AS x', [[null, '1', '3'], ['3', '1', null]]],
		["SELECT CAST('0x1F' AS INT64), CAST(1e20 AS STRING), CAST(1.0 AS STRING), CAST(NUMERIC '1.10' AS STRING), CAST(TIMESTAMP '2025-01-01 00:00:00.120' AS STRING), SAFE_CAST('x' AS INT64)", ['31', '1e+20', '1', '1.1', '2025-01-01 00:00:00.120+00', null]],
	])('%s', async (sql, expected) => {
		expect((await warehouse.rows(sql))[0]).toEqual(expected);
	});

	it.each([
		['SELECT POW(10, 400)', 'Floating point error in function: POW(10, 400)'],
		['SELECT EXP(1000)', 'Floating point error in function: EXP(1000)'],
		['SELECT PERCENTILE_CONT(x, 0.5 RESPECT NULLS) OVER () FROM UNNEST([1]) AS x', 'The embedded warehouse does not have percentiles with RESPECT NULLS at [1:8]'],
		['SELECT MOD(5, 0)', 'division by zero: MOD(5, 0)'],
		['SELECT CAST(9.3e18 AS INT64)', 'Illegal conversion of non-finite floating point number to an integer: 9.3e+18'],
	])('%s fails', async (sql, message) => {
		expect((await warehouse.failure(sql)).message).toBe(message);
	});
});

const dayMs = 86_400_000;
const dateText = (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10);
const day = fc.integer({min: -20_000, max: 40_000});
const int64 = fc.bigInt({min: -(2n ** 63n) + 1n, max: (2n ** 63n) - 1n});
const many = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value[]> => fc.array(value, {minLength: 10, maxLength: 60});

/** One query for all samples: `expression` over the fields of `samples`, in their order. */
async function each(samples: readonly string[], expression: string): Promise<readonly (readonly Cell[])[]> {
	return warehouse.rows(`SELECT ${expression} FROM UNNEST([${samples.join(', ')}]) AS p WITH OFFSET AS o ORDER BY o`);
}

const runs = {numRuns: 12};

describe('properties', () => {
	it('DATE_TRUNC falls back to the first day of the week, and DATE_DIFF counts such days', async () => {
		const weekdays = ['SUNDAY', 'MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY'];
		// 1970-01-01 was a Thursday.
		const start = (at: number, weekday: number): number => at - ((((at + 4 - weekday) % 7) + 7) % 7);
		await fc.assert(fc.asyncProperty(many(fc.tuple(day, day)), async pairs => {
			const samples = pairs.map(([a, b]) => `STRUCT(DATE '${dateText(a)}' AS a, DATE '${dateText(b)}' AS b)`);
			const columns = [...weekdays.map(name => `DATE_TRUNC(a, WEEK(${name})), DATE_DIFF(a, b, WEEK(${name}))`), 'DATE_TRUNC(a, WEEK), DATE_DIFF(a, b, WEEK)', 'DATE_TRUNC(a, ISOWEEK), DATE_DIFF(a, b, ISOWEEK)'];
			const expected = pairs.map(([a, b]) => [...weekdays.keys(), 0, 1].flatMap(weekday => [dateText(start(a, weekday)), String((start(a, weekday) - start(b, weekday)) / 7)]));
			expect(await each(samples, columns.join(', '))).toEqual(expected);
		}), runs);
	});

	it('TIMESTAMP_DIFF drops what is less than a unit, towards zero', async () => {
		const micros = fc.bigInt({min: -2_000_000_000_000_000n, max: 4_000_000_000_000_000n});
		const units = {MICROSECOND: 1n, MILLISECOND: 1000n, SECOND: 1_000_000n, MINUTE: 60_000_000n, HOUR: 3_600_000_000n, DAY: 86_400_000_000n};
		await fc.assert(fc.asyncProperty(many(fc.tuple(micros, micros)), async pairs => {
			const samples = pairs.map(([a, b]) => `STRUCT(TIMESTAMP_MICROS(${a}) AS a, TIMESTAMP_MICROS(${b}) AS b)`);
			const rows = await each(samples, Object.keys(units).map(unit => `TIMESTAMP_DIFF(a, b, ${unit})`).join(', '));
			expect(rows).toEqual(pairs.map(([a, b]) => Object.values(units).map(unit => String((a - b) / unit))));
		}), runs);
	});

	it('DIV and MOD truncate, and give the dividend back', async () => {
		await fc.assert(fc.asyncProperty(many(fc.tuple(int64, int64.filter(value => value !== 0n))), async pairs => {
			const rows = await each(pairs.map(([a, b]) => `STRUCT(${a} AS a, ${b} AS b)`), 'DIV(a, b), MOD(a, b), DIV(a, b) * b + MOD(a, b)');
			expect(rows).toEqual(pairs.map(([a, b]) => [String(a / b), String(a % b), String(a)]));
		}), runs);
	});

	it('INT64 arithmetic is exact or fails, and SAFE_ADD gives NULL where + fails', async () => {
		const inRange = (value: bigint): boolean => value >= -(2n ** 63n) && value < 2n ** 63n;
		await fc.assert(fc.asyncProperty(many(fc.tuple(int64, int64)), async pairs => {
			const rows = await each(pairs.map(([a, b]) => `STRUCT(${a} AS a, ${b} AS b)`), 'SAFE_ADD(a, b), SAFE_SUBTRACT(a, b), SAFE_MULTIPLY(a, b)');
			expect(rows).toEqual(pairs.map(([a, b]) => [a + b, a - b, a * b].map(value => (inRange(value) ? String(value) : null))));
			const [a, b] = pairs[0]!;
			const {error, result} = await warehouse.run(`SELECT a + b FROM UNNEST([STRUCT(${a} AS a, ${b} AS b)])`);
			if (inRange(a + b)) expect(result?.rows).toEqual([[String(a + b)]]);
			else expect(error?.message).toBe(`int64 overflow: ${a} + ${b}`);
		}), runs);
	});

	it('ROUND and CAST to INT64 go half away from zero', async () => {
		await fc.assert(fc.asyncProperty(many(fc.integer({min: -4_000_000, max: 4_000_000})), async quarters => {
			const rows = await each(quarters.map(quarter => `STRUCT(${quarter / 4}e0 AS x)`), 'ROUND(x), CAST(x AS INT64)');
			const away = (value: number): number => Math.sign(value) * Math.floor(Math.abs(value) + 0.5);
			expect(rows.map(([rounded, cast]) => [Number(rounded) + 0, Number(cast)])).toEqual(quarters.map(quarter => [away(quarter / 4) + 0, away(quarter / 4) + 0]));
		}), runs);
	});

	it('texts are counted, cut and turned by code points', async () => {
		const text = fc.array(fc.constantFrom('a', 'é', 'ß', '👍', '🏽', '👨‍👩‍👧', 'e\u0301', '漢', ' '), {maxLength: 8}).map(parts => parts.join(''));
		await fc.assert(fc.asyncProperty(many(fc.tuple(text, fc.integer({min: 1, max: 9}), fc.integer({min: 0, max: 5}))), async samples => {
			const rows = await each(samples.map(([value, position, length]) => `STRUCT('${value}' AS s, ${position} AS i, ${length} AS n)`), 'LENGTH(s), BYTE_LENGTH(s), REVERSE(s), SUBSTR(s, i, n), LEFT(s, n), RIGHT(s, n)');
			expect(rows).toEqual(samples.map(([value, position, length]) => {
				const points = [...value];
				return [String(points.length), String(Buffer.byteLength(value)), [...points].reverse().join(''), points.slice(position - 1, position - 1 + length).join(''), points.slice(0, length).join(''), length === 0 ? '' : points.slice(-length).join('')];
			}));
		}), runs);
	});

	it('quantiles leave NULL out: PERCENTILE_CONT interpolates, PERCENTILE_DISC and APPROX_QUANTILES take values', async () => {
		const sample = fc.array(fc.option(fc.integer({min: -1000, max: 1000})), {minLength: 1, maxLength: 30}).filter(values => values.some(value => value !== null));
		await fc.assert(fc.asyncProperty(sample, fc.integer({min: 0, max: 8}), async (values, eighths) => {
			const share = eighths / 8;
			const sorted = values.filter(value => value !== null).sort((a, b) => a - b);
			const place = share * (sorted.length - 1);
			const low = sorted[Math.floor(place)]!;
			const high = sorted[Math.ceil(place)]!;
			const array = `[${values.map(value => value ?? 'NULL').join(', ')}, NULL]`;
			const [row] = await warehouse.rows(`SELECT PERCENTILE_CONT(x, ${share}) OVER (), PERCENTILE_DISC(x, ${share}) OVER () FROM UNNEST(${array}) AS x LIMIT 1`);
			expect(row![0]).toBeCloseTo(low + ((high - low) * (place - Math.floor(place))), 9);
			expect(row![1]).toBe(String(sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]));
			const [[quantiles]] = await warehouse.rows(`SELECT APPROX_QUANTILES(x, 4) FROM UNNEST(${array}) AS x`) as [[readonly string[]]];
			expect(quantiles).toHaveLength(5);
			expect([quantiles[0], quantiles[4]]).toEqual([String(sorted[0]), String(sorted.at(-1))]);
			expect(quantiles.every((value, index) => sorted.includes(Number(value)) && (index === 0 || Number(value) >= Number(quantiles[index - 1])))).toBe(true);
		}), {numRuns: 40});
	});

	it('NULL comes first ascending and last descending, unless said', async () => {
		await fc.assert(fc.asyncProperty(many(fc.option(fc.integer())), async values => {
			const array = `[${values.map(value => value ?? 'NULL').join(', ')}, NULL]`;
			const numbers = values.filter(value => value !== null).sort((a, b) => a - b).map(String);
			const nulls = Array.from({length: values.length + 1 - numbers.length}, () => null);
			const order = async (by: string) => (await warehouse.rows(`SELECT x FROM UNNEST(${array}) AS x ORDER BY x ${by}`)).map(([x]) => x);
			expect(await order('')).toEqual([...nulls, ...numbers]);
			expect(await order('DESC')).toEqual([...[...numbers].reverse(), ...nulls]);
			expect(await order('NULLS LAST')).toEqual([...numbers, ...nulls]);
			expect(await order('DESC NULLS FIRST')).toEqual([...nulls, ...[...numbers].reverse()]);
		}), runs);
	});
});
