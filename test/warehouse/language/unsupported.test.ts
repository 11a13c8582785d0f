// Whatever the parser and the analyzer take either runs or is refused in BigQuery's manner: a reason, a place, a sentence;
// never an exception, never a text of DuckDB's.
import fc from 'fast-check';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {builtinNames, findBuiltin} from '../../../source/googlesql/functions/builtin.js';
import type {ParameterPattern, Pattern} from '../../../source/googlesql/functions/signature.js';
import {openWarehouse, type Warehouse} from './support.js';

let warehouse: Warehouse;

const columns: Readonly<Record<string, string>> = {
	INT64: "2", STRING: "'text'", DATE: "DATE '2025-03-09'", DATETIME: "DATETIME '2025-03-09 10:11:12'", TIMESTAMP: "TIMESTAMP '2025-03-09 10:11:12.5'", TIME: "TIME '10:11:12'",
	FLOAT64: '1.5', NUMERIC: "NUMERIC '2.25'", BOOL: 'TRUE', BYTES: "b'bytes'", JSON: `JSON '{"a": 1}'`,
};

beforeAll(async () => {
	warehouse = await openWarehouse(
		`CREATE TABLE d.t AS SELECT ${Object.entries(columns).map(([type, value]) => `${value} AS c_${type.toLowerCase()}`).join(', ')}, [1, 2] AS arr, STRUCT(1 AS x, 'y' AS y) AS st`,
		'CREATE TABLE d.u AS SELECT 1 AS id, [STRUCT(1 AS x, 2.5 AS y)] AS items, STRUCT(1 AS x, 2.5 AS y) AS pair',
	);
});
afterAll(async () => {
	await warehouse.close();
});

const duckWords = /\b(?:Binder|Catalog|Parser|Conversion|Invalid Input|Out of Range|Not implemented|INTERNAL) Error|DuckDB|LINE \d+:|Candidate functions|HUGEINT|VARCHAR|BIGINT|TIMESTAMPTZ|struct_pack|list_\w+\(|bq_\w+/i;

/** What is wrong with the way a statement ended; undefined when it ran or was refused as it should be. */
async function complaint(sql: string): Promise<string | undefined> {
	let failure;
	try {
		({error: failure} = await warehouse.run(sql));
	} catch (error) {
		return `threw ${String(error)}: ${sql}`;
	}

	if (failure === undefined) return undefined;
	if (!['invalidQuery', 'notFound', 'duplicate', 'invalid'].includes(failure.reason)) return `has the reason ${failure.reason}: ${sql}`;
	if (failure.line === undefined || failure.column === undefined) return `names no place (${failure.message}): ${sql}`;
	if (failure.message.trim() === '' || duckWords.test(failure.message)) return `says "${failure.message}": ${sql}`;
	return undefined;
}

function argumentFor(pattern: Pattern): string {
	switch (pattern.kind) {
		case 'type': {
			if (pattern.type.kind !== 'scalar') return 'NULL';
			return pattern.type.name === 'INTERVAL' ? 'INTERVAL 1 DAY' : pattern.type.name === 'BIGNUMERIC' ? 'c_numeric' : `c_${pattern.type.name.toLowerCase()}`;
		}

		case 'template': {
			return 'c_int64';
		}

		case 'array': {
			return `[${argumentFor(pattern.element)}]`;
		}

		default: {
			return 'DAY';
		}
	}
}

it('every signature of every function known to the analyzer runs or is refused', async () => {
	const calls = new Set<string>();
	const written = ({name, pattern}: ParameterPattern): string => `${name === undefined ? '' : `${name} => `}${argumentFor(pattern)}`;
	for (const name of builtinNames()) {
		const {family, signatures} = findBuiltin(name)!;
		const over = family === 'window' ? (name.startsWith('PERCENTILE') ? ' OVER ()' : ' OVER (ORDER BY c_int64)') : '';
		for (const {parameters} of signatures) {
			calls.add(`${name}(${parameters.filter(({mode}) => mode === 'required').map(one => written(one)).join(', ')})${over}`);
			calls.add(`${name}(${parameters.map(one => written(one)).join(', ')})${over}`);
		}
	}

	const complaints = [];
	for (const call of calls) complaints.push(await complaint(`SELECT ${call} FROM d.t`));
	expect(calls.size).toBeGreaterThan(350);
	expect(complaints.filter(Boolean)).toEqual([]);
	// A function that can't run is refused by its name, before DuckDB sees it.
	const unnamed = [];
	for (const call of calls) {
		const {error} = await warehouse.run(`SELECT ${call} FROM d.t`);
		if (error?.message.includes('cannot run this statement')) unnamed.push(call);
	}

	expect(unnamed).toEqual([]);
});

type Kind = 'int' | 'float' | 'text' | 'bool' | 'date' | 'instant' | 'array' | 'struct';

const leaves: Readonly<Record<Kind, readonly string[]>> = {
	int: ['1', '0', '-3', 'c_int64', 'NULL', 'arr[SAFE_OFFSET(0)]', 'st.x', '(SELECT COUNT(*) FROM d.u)', '9223372036854775807'],
	float: ['1.5', 'c_float64', 'c_numeric', "CAST('inf' AS FLOAT64)", '1e300'],
	text: ["''", "'a,b'", "'2025-01-01'", 'c_string', 'st.y', 'NULL', "r'\\d'", "'👍'"],
	bool: ['TRUE', 'c_bool', 'NULL', 'c_int64 IS NULL', 'EXISTS(SELECT 1 FROM d.u WHERE id = c_int64)'],
	date: ["DATE '2025-02-28'", 'c_date', 'CURRENT_DATE()', 'NULL'],
	instant: ["TIMESTAMP '2025-01-01 00:00:00'", 'c_timestamp', 'CURRENT_TIMESTAMP()'],
	array: ['arr', '[1, NULL]', '[]', 'ARRAY(SELECT id FROM d.u)', 'GENERATE_ARRAY(1, 3)'],
	struct: ['st', "(1, 'a')", "STRUCT(1 AS q, 'a' AS r)", '(1, NULL)'],
};

/** Productions of each kind; `int`, `text` ... in capitals stand for an operand of that kind. */
const productions: Readonly<Record<Kind, readonly string[]>> = {
	int: ['(INT + INT)', '(INT * INT)', 'DIV(INT, INT)', 'MOD(INT, INT)', 'LENGTH(TEXT)', 'CAST(FLOAT AS INT64)', 'SAFE_CAST(TEXT AS INT64)', 'IF(BOOL, INT, INT)', 'COALESCE(INT, INT)', 'DATE_DIFF(DATE, DATE, WEEK)', 'TIMESTAMP_DIFF(INSTANT, INSTANT, HOUR)', 'EXTRACT(YEAR FROM DATE)', 'ARRAY_LENGTH(ARRAY)', 'CASE WHEN BOOL THEN INT ELSE INT END', "IF(BOOL, INT, ERROR('x'))", 'ARRAY[SAFE_OFFSET(INT)]', 'ARRAY[OFFSET(INT)]', '(STRUCT).q', 'SAFE.DIV(INT, INT)', 'ABS(INT)', '(SELECT SUM(e) FROM UNNEST(ARRAY) AS e)', 'FARM_FINGERPRINT(TEXT)', '(INT << INT)'],
	float: ['(FLOAT / FLOAT)', '(INT / INT)', 'ROUND(FLOAT, INT)', 'SAFE_DIVIDE(FLOAT, FLOAT)', 'POW(FLOAT, FLOAT)', 'SQRT(FLOAT)', 'LN(FLOAT)', 'EXP(FLOAT)', 'GREATEST(FLOAT, FLOAT)', 'CAST(TEXT AS FLOAT64)', 'CAST(FLOAT AS NUMERIC)', '(FLOAT * FLOAT)'],
	text: ['CONCAT(TEXT, TEXT)', 'SUBSTR(TEXT, INT, INT)', 'CAST(INT AS STRING)', 'CAST(FLOAT AS STRING)', 'CAST(INSTANT AS STRING)', "FORMAT('%d-%s', INT, TEXT)", "FORMAT_DATE('%F', DATE)", 'UPPER(TEXT)', 'LPAD(TEXT, INT)', 'REPEAT(TEXT, INT)', "REGEXP_REPLACE(TEXT, r'\\d', TEXT)", 'TO_JSON_STRING(STRUCT)', 'JSON_VALUE(TEXT, TEXT)', 'ARRAY_TO_STRING([TEXT, TEXT], TEXT)', 'IFNULL(TEXT, TEXT)', 'SPLIT(TEXT, TEXT)[SAFE_ORDINAL(INT)]', 'REVERSE(TEXT)', 'TO_HEX(SHA256(TEXT))', 'CHR(INT)', 'FROM_HEX(TEXT)'],
	bool: ['(INT = INT)', '(INT < FLOAT)', '(TEXT LIKE TEXT)', '(DATE BETWEEN DATE AND DATE)', '(INT IN (INT, INT))', '(INT IN UNNEST(ARRAY))', '(BOOL AND BOOL)', 'NOT BOOL', '(STRUCT = STRUCT)', 'STARTS_WITH(TEXT, TEXT)', 'REGEXP_CONTAINS(TEXT, TEXT)', '(INT IS DISTINCT FROM INT)', '(DATE = TEXT)', '(TEXT IN (SELECT TEXT))', 'LOGICAL_OR(BOOL)'],
	date: ['DATE_ADD(DATE, INTERVAL INT DAY)', 'DATE_SUB(DATE, INTERVAL INT MONTH)', 'DATE_TRUNC(DATE, ISOWEEK)', 'DATE(INSTANT, TEXT)', "PARSE_DATE('%F', TEXT)", 'DATE(INT, INT, INT)', 'LAST_DAY(DATE)', 'SAFE_CAST(TEXT AS DATE)', 'GREATEST(DATE, DATE)', 'CAST(TEXT AS DATE)'],
	instant: ['TIMESTAMP_ADD(INSTANT, INTERVAL INT HOUR)', 'TIMESTAMP_TRUNC(INSTANT, DAY, TEXT)', 'TIMESTAMP(DATE)', 'TIMESTAMP(TEXT)', 'TIMESTAMP_MICROS(INT)', "PARSE_TIMESTAMP('%F %T', TEXT)"],
	array: ['ARRAY_CONCAT(ARRAY, ARRAY)', '[INT, INT]', 'ARRAY_REVERSE(ARRAY)', 'GENERATE_ARRAY(INT, 5, INT)', 'ARRAY(SELECT e FROM UNNEST(ARRAY) AS e WITH OFFSET o ORDER BY o DESC)', 'IF(BOOL, ARRAY, ARRAY)', 'ARRAY_AGG(INT)'],
	struct: ['STRUCT(INT AS q, TEXT AS r)', 'IF(BOOL, STRUCT, STRUCT)', 'STRUCT<q INT64, r STRING>(INT, TEXT)', 'COALESCE(STRUCT, (1, NULL))'],
};

const kinds = Object.keys(leaves) as Kind[];
const operand = /\b(?:INT|FLOAT|TEXT|BOOL|DATE|INSTANT|ARRAY|STRUCT)\b(?![(<_])/;

/** An expression of a kind, mostly well typed, at most `depth` productions deep. */
function expression(kind: Kind, depth: number): fc.Arbitrary<string> {
	const leaf = fc.constantFrom(...leaves[kind]);
	if (depth === 0) return leaf;
	const made = fc.constantFrom(...productions[kind]).chain(production => fill(production, depth - 1));
	return fc.oneof({weight: 1, arbitrary: leaf}, {weight: 3, arbitrary: made});
}

function fill(template: string, depth: number): fc.Arbitrary<string> {
	const match = operand.exec(template);
	if (match === null) return fc.constant(template);
	const before = template.slice(0, match.index);
	const kind = match[0].toLowerCase() as Kind;
	return fc.tuple(expression(kind, depth), fill(template.slice(match.index + match[0].length), depth)).map(([value, rest]) => before + value + rest);
}

const any = (depth: number): fc.Arbitrary<string> => fc.constantFrom(...kinds).chain(kind => expression(kind, depth));

const statements: readonly string[] = [
	'SELECT {any} FROM d.t', 'SELECT {any} AS a, {any} AS b FROM d.t WHERE {bool} ORDER BY a', 'SELECT {int} AS k, COUNT(*), MAX({any}), SUM({int} HAVING MAX {date}) FROM d.t GROUP BY k HAVING {bool}', 'SELECT DISTINCT {any} FROM d.t LIMIT 3',
	'SELECT {int}, ROW_NUMBER() OVER (PARTITION BY {any} ORDER BY {any}), SUM({float}) OVER (ORDER BY {int} ROWS 1 PRECEDING) FROM d.t QUALIFY RANK() OVER (ORDER BY {any}) = 1',
	'SELECT {any} FROM d.t UNION ALL SELECT {any} FROM d.t', 'WITH q AS (SELECT {any} AS v FROM d.t) SELECT v, COUNT(*) FROM q GROUP BY ROLLUP(v)', 'SELECT * FROM (SELECT {text} AS k, {int} AS v FROM d.t) PIVOT (SUM(v) FOR k IN ({text} AS one, {text} AS two))',
	'SELECT e, o FROM d.t, UNNEST({array}) AS e WITH OFFSET AS o', 'SELECT t.* FROM d.t AS t LEFT JOIN d.u AS u ON {bool}', 'SELECT ARRAY_AGG({any} IGNORE NULLS ORDER BY {int} LIMIT 2), STRING_AGG({text}, {text}), APPROX_QUANTILES({int}, 4), COUNTIF({bool}) FROM d.t',
	'CREATE OR REPLACE TABLE d.made AS SELECT {any} AS v, {struct} AS s FROM d.t', 'CREATE OR REPLACE VIEW d.shown (v) AS SELECT {any} FROM d.t', 'CREATE TEMP FUNCTION f(x INT64) AS (x + 1); SELECT f({int}) FROM d.t', 'INSERT INTO d.u (id, pair) SELECT {int}, ({int}, {float}) FROM d.t', 'INSERT INTO d.u (id) VALUES ({int})',
	'UPDATE d.u SET id = {int}, pair = ({int}, {float}) WHERE {bool}', 'DELETE FROM d.u WHERE id = {int}', 'MERGE d.u AS u USING (SELECT {int} AS id FROM d.t) AS s ON u.id = s.id WHEN MATCHED THEN UPDATE SET pair.x = s.id WHEN NOT MATCHED THEN INSERT (id) VALUES (s.id)',
	'DECLARE v INT64 DEFAULT {int}; SET v = {int}; SELECT v', 'DECLARE v STRUCT<a INT64, b STRING>; SET v = {struct}; IF {bool} THEN SELECT v; ELSE SELECT {any}; END IF', 'BEGIN SELECT {any} FROM d.t; EXCEPTION WHEN ERROR THEN SELECT @@error.message; RAISE; END', 'FOR r IN (SELECT {int} AS n FROM d.t) DO SELECT r.n + {int}; END FOR', 'EXECUTE IMMEDIATE {text}', 'ASSERT {bool} AS \'no\'', 'RAISE USING MESSAGE = {text}',
];

const statement = fc.constantFrom(...statements).chain(template => {
	const parts = template.split(/\{(\w+)\}/);
	return fc.tuple(...parts.map((part, index) => (index % 2 === 0 ? fc.constant(part) : part === 'any' ? any(2) : expression(part as Kind, 2)))).map(pieces => pieces.join(''));
});

it('statements of a small grammar run or are refused', async () => {
	await fc.assert(fc.asyncProperty(statement, async sql => {
		expect(await complaint(sql)).toBeUndefined();
	}), process.env['FUZZ_RUNS'] === undefined ? {numRuns: 400, seed: 20_251_125} : {numRuns: Number(process.env['FUZZ_RUNS'])});
});
