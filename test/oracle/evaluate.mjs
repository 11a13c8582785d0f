// The values that Google's reference implementation gives to queries: node test/oracle/evaluate.mjs <file|->
// One query or expression a line in; {"sql", "rows"} or {"sql", "error"} a line out, with cells as the embedded warehouse writes them.
import {readFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {startAnalyzer} from './server.mjs';
import {languageOptions} from './verdicts.mjs';

const two = number => String(number).padStart(2, '0');
const microText = nanos => (nanos === 0 ? '' : `.${String(Math.trunc(nanos / 1000)).padStart(6, '0')}`);
const dayText = days => new Date(days * 86_400_000).toISOString().slice(0, 10);

/** A little-endian two's complement number with a fixed number of decimals. */
const decimalText = (bytes, decimals) => {
	let value = 0n;
	for (const byte of [...bytes].reverse()) {
		value = value * 256n + BigInt(byte);
	}

	if (bytes.length > 0 && bytes.at(-1) >= 128) {
		value -= 1n << BigInt(8 * bytes.length);
	}

	const digits = String(value < 0n ? -value : value).padStart(decimals + 1, '0');
	return `${value < 0n ? '-' : ''}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`.replace(/\.?0+$/, '');
};

const timeText = seconds => `${two(Number((seconds >> 12n) & 31n))}:${two(Number((seconds >> 6n) & 63n))}:${two(Number(seconds & 63n))}`;

const readers = {
	TYPE_INT64: value => value.int64_value,
	TYPE_BOOL: value => value.bool_value,
	TYPE_DOUBLE: ({double_value: number}) => (Number.isFinite(number) ? number : String(number)),
	TYPE_STRING: value => value.string_value,
	TYPE_BYTES: value => Buffer.from(value.bytes_value).toString('base64'),
	TYPE_DATE: value => dayText(value.date_value),
	TYPE_TIMESTAMP: ({timestamp_value: {seconds = '0', nanos = 0}}) => String(BigInt(seconds) * 1_000_000n + BigInt(Math.trunc(nanos / 1000))),
	TYPE_DATETIME({datetime_value: {bit_field_datetime_seconds: field = '0', nanos = 0}}) {
		const bits = BigInt(field);
		return `${String(bits >> 26n).padStart(4, '0')}-${two(Number((bits >> 22n) & 15n))}-${two(Number((bits >> 17n) & 31n))}T${timeText(bits)}${microText(nanos)}`;
	},
	TYPE_TIME({time_value: field}) {
		const bits = BigInt(field);
		return timeText(bits >> 30n) + microText(Number(bits & ((1n << 30n) - 1n)));
	},
	TYPE_NUMERIC: value => decimalText(value.numeric_value, 9),
	TYPE_BIGNUMERIC: value => decimalText(value.bignumeric_value, 38),
	TYPE_JSON: value => value.json_value,
};

const cellOf = (value, type) => {
	if (Object.keys(value).length === 0) {
		return null;
	}

	if (type.type_kind === 'TYPE_ARRAY') {
		return (value.array_value.element ?? []).map(element => cellOf(element, type.array_type.element_type));
	}

	if (type.type_kind === 'TYPE_STRUCT') {
		return (value.struct_value.field ?? []).map((field, index) => cellOf(field, type.struct_type.field[index].field_type));
	}

	const read = readers[type.type_kind];
	if (read === undefined) {
		throw new Error(`Values of ${type.type_kind} are not read here; cast them to STRING.`);
	}

	return read(value);
};

/** Starts the reference implementation; undefined where it can't run. `evaluate(sql)` gives {rows} or {error}; an expression is a query of one cell. */
export const startEvaluator = async () => {
	const server = await startAnalyzer({longs: String});
	if (server === undefined) {
		return undefined;
	}

	const language = await languageOptions(server);
	return {
		close: () => server.close(),
		async evaluate(text) {
			const sql = /^\s*(?:select|with|\()/i.test(text) ? text : `SELECT ${text}`;
			try {
				const {content, prepared} = await server.call('EvaluateQuery', {
					sql,
					descriptor_pool_list: {definitions: [{builtin: {}}]},
					simple_catalog: {name: 'catalog', builtin_function_options: {language_options: language}},
					options: {language_options: language, default_timezone: 'UTC', error_message_mode: 'ERROR_MESSAGE_ONE_LINE'},
				});
				return {rows: (content?.table_data?.row ?? []).map(row => row.cell.map((cell, index) => cellOf(cell, prepared.columns[index].type)))};
			} catch (error) {
				if (error.code === undefined) {
					throw error;
				}

				return {error: String(error.details).replace(/ \[at \d+:\d+\]$/, '')};
			}
		},
	};
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const evaluator = await startEvaluator();
	if (evaluator === undefined) {
		process.stderr.write('The reference implementation is not installed: npm ci --prefix test/oracle\n');
		process.exit(2);
	}

	try {
		for (const sql of readFileSync(process.argv[2] === '-' ? 0 : process.argv[2], 'utf8').split('\n').filter(Boolean)) {
			process.stdout.write(`${JSON.stringify({sql, ...(await evaluator.evaluate(sql))})}\n`);
		}
	} finally {
		evaluator.close();
	}
}
