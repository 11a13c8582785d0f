// FORMAT(): the literal pattern is taken apart and each element becomes a DuckDB text.
import type {SqlType} from '../../googlesql/types.js';
import type {Call} from './call.js';
import {emitCast} from './cast.js';
import {quoteText, scalarName, string} from './duck-type.js';
import {jsonText} from './json-text.js';
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
			return scalarName(type) === 'STRING' ? `('"' || ${value} || '"')` : printable(value, type);
		}

		case 'p':
		case 'P': {
			return value;
		}

		default: {
			throw new NotHere(`%${letter} in FORMAT`);
		}
	}
}

function printable(value: string, type: SqlType): string {
	if (type.kind !== 'scalar') {
		return jsonText(value, type);
	}

	const text = type.name === 'FLOAT64' ? `CASE WHEN ${value} = floor(${value}) AND abs(${value}) < 1e15 THEN bq_float_text(${value}) || '.0' ELSE bq_float_text(${value}) END` : emitCast(value, type, string, false);
	return `coalesce(${text}, 'NULL')`;
}
