// FORMAT(): the literal pattern is taken apart and each element becomes a DuckDB text.
import type {SqlType} from '../../googlesql/types.js';
import type {Call} from './call.js';
import {emitCast} from './cast.js';
import {fieldName, quoteName, quoteText, string} from './duck-type.js';
import {prettyJson} from './json-text.js';
import {NotHere} from './not-here.js';

const elementPattern = /%(?<flags>[-+ 0#']*)(?<width>\d+|\*)?(?:\.(?<precision>\d+|\*))?(?<letter>[a-zA-Z%])/g;

export function emitFormatCall(call: Call): string {
	const pattern = call.expression(0);
	if (pattern.kind !== 'string') {
		throw new NotHere('FORMAT with a pattern that is not a literal');
	}

	const parts: string[] = [];
	let from = 0;
	let next = 1;
	for (const match of pattern.value.matchAll(elementPattern)) {
		if (match.index > from) {
			parts.push(quoteText(pattern.value.slice(from, match.index)));
		}

		from = match.index + match[0].length;
		const {flags = '', width, precision, letter = ''} = match.groups ?? {};
		if (letter === '%') {
			parts.push(`'%'`);
			continue;
		}

		const size = width === '*' ? `CAST(${call.texts[next++]} AS INTEGER)` : width;
		const digits = precision === '*' ? `CAST(${call.texts[next++]} AS INTEGER)` : precision;
		const text = elementText(letter, flags, digits, call.texts[next]!, call.types[next] ?? string);
		next++;
		parts.push(padded(text, flags, size));
	}

	if (from < pattern.value.length) {
		parts.push(quoteText(pattern.value.slice(from)));
	}

	return parts.length === 0 ? `''` : `(${parts.join(' || ')})`;
}

function padded(text: string, flags: string, size: string | undefined): string {
	if (size === undefined) {
		return text;
	}

	if (flags.includes('-')) {
		return `rpad(${text}, CAST(greatest(${size}, length(${text})) AS INTEGER), ' ')`;
	}

	return flags.includes('0')
		? `(CASE WHEN starts_with(${text}, '-') THEN '-' || lpad(substring(${text}, 2), CAST(greatest(${size} - 1, length(${text}) - 1) AS INTEGER), '0') ELSE lpad(${text}, CAST(greatest(${size}, length(${text})) AS INTEGER), '0') END)`
		: `lpad(${text}, CAST(greatest(${size}, length(${text})) AS INTEGER), ' ')`;
}

function elementText(letter: string, flags: string, digits: string | undefined, value: string, type: SqlType): string {
	const sign = flags.includes('+') ? `(CASE WHEN ${value} >= 0 THEN '+' ELSE '' END) || ` : '';
	switch (letter) {
		case 'd':
		case 'i':
		case 'u': {
			return flags.includes("'") ? `(${sign}format('{:,}', ${value}))` : `(${sign}CAST(${value} AS VARCHAR))`;
		}

		case 'f':
		case 'F': {
			const number = `format('{:${flags.includes("'") ? ',' : ''}.${digits ?? '6'}f}', CAST(${value} AS DOUBLE))`;
			return `(${sign}${number})`;
		}

		case 'e':
		case 'E':
		case 'g':
		case 'G': {
			return `(${sign}format('{:.${digits ?? '6'}${letter}}', CAST(${value} AS DOUBLE)))`;
		}

		case 'x': {
			return `printf('%x', ${value})`;
		}

		case 'X': {
			return `printf('%X', ${value})`;
		}

		case 's': {
			return digits === undefined ? value : `left(${value}, ${digits})`;
		}

		case 't': {
			return printable(value, type);
		}

		case 'T': {
			return literal(value, type);
		}

		case 'p': {
			return value;
		}

		case 'P': {
			return prettyJson(value);
		}

		default: {
			throw new NotHere(`%${letter} in FORMAT`);
		}
	}
}

/** %T: what would be written in a query for the value. */
function literal(value: string, type: SqlType): string {
	if (type.kind !== 'scalar') return composite(value, type, literal);
	switch (type.name) {
		case 'STRING': {
			const escaped = [['\\', '\\\\'], ['"', '\\"']].reduce((text, [from, to]) => `replace(${text}, ${quoteText(from!)}, ${quoteText(to!)})`, value);
			return `coalesce('"' || replace(replace(replace(${escaped}, chr(10), '\\n'), chr(13), '\\r'), chr(9), '\\t') || '"', 'NULL')`;
		}

		case 'BYTES': {
			throw new NotHere('%T of BYTES in FORMAT');
		}

		case 'FLOAT64': {
			return `CASE WHEN NOT isfinite(${value}) THEN 'CAST("' || bq_float_text(${value}) || '" AS FLOAT64)' ELSE ${printable(value, type)} END`;
		}

		case 'DATE':
		case 'DATETIME':
		case 'TIME':
		case 'TIMESTAMP':
		case 'NUMERIC':
		case 'JSON': {
			return `CASE WHEN ${value} IS NULL THEN 'NULL' ELSE '${type.name} "' || ${type.name === 'JSON' ? `replace(CAST(${value} AS VARCHAR), '"', '\\"')` : printable(value, type)} || '"' END`;
		}

		default: {
			return printable(value, type);
		}
	}
}

/** [a, b] and (a, b), each part written by `part`. */
function composite(value: string, type: Exclude<SqlType, {kind: 'scalar'}>, part: (value: string, type: SqlType) => string): string {
	if (type.kind === 'array') {
		const items = `list_transform(${value}, lambda f: ${part('f', type.element)})`;
		return `CASE WHEN ${value} IS NULL THEN 'NULL' ELSE '[' || coalesce(array_to_string(${items}, ', '), '') || ']' END`;
	}

	if (type.kind !== 'struct') return 'NULL';
	const fields = type.fields.map((field, index) => part(`(${value}).${quoteName(fieldName(field.name, index))}`, field.type));
	const open = fields.length === 1 && part === literal ? 'STRUCT(' : '(';
	return `CASE WHEN ${value} IS NULL THEN 'NULL' ELSE '${open}' || ${fields.length === 0 ? `''` : fields.map(field => `(${field})`).join(" || ', ' || ")} || ')' END`;
}

function printable(value: string, type: SqlType): string {
	if (type.kind !== 'scalar') return composite(value, type, printable);
	const text = type.name === 'FLOAT64' ? `CASE WHEN ${value} = floor(${value}) AND abs(${value}) < 1e15 THEN bq_float_text(${value}) || '.0' ELSE bq_float_text(${value}) END` : emitCast(value, type, string, false);
	return `coalesce(${text}, 'NULL')`;
}
