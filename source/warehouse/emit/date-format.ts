// Format elements of FORMAT_DATE, PARSE_TIMESTAMP and their kin, in DuckDB's terms.
import {quoteText} from './duck-type.js';
import {NotHere} from './not-here.js';

/** Elements that are short for others. */
const expansions: Readonly<Record<string, string>> = {'%F': '%Y-%m-%d', '%T': '%H:%M:%S', '%R': '%H:%M', '%D': '%m/%d/%y', '%h': '%b', '%r': '%I:%M:%S %p', '%c': '%a %b %e %H:%M:%S %Y', '%x': '%m/%d/%y', '%X': '%H:%M:%S'};

const native = new Set(['%Y', '%m', '%d', '%H', '%M', '%S', '%y', '%b', '%B', '%a', '%A', '%j', '%I', '%p', '%w', '%u', '%U', '%W', '%V', '%G', '%%']);

const elementPattern = /%(?:E(?:[zZ*]S?|\d+S|4Y)|[a-zA-Z%])/g;

function expand(format: string): string {
	let expanded = format;
	for (let round = 0; round < 2; round++) {
		expanded = expanded.replaceAll(elementPattern, element => expansions[element] ?? element);
	}

	return expanded;
}

/** DuckDB text of the formatted value. `civilText` is a TIMESTAMP; `instant` is the TIMESTAMPTZ it came from. */
export function formatPieces(format: string, civilText: string, options: {readonly zone: string; readonly instant: string | undefined}): string {
	const expanded = expand(format);
	const parts: string[] = [];
	let simple = '';
	const flush = (): void => {
		if (simple !== '') {
			parts.push(`strftime(${civilText}, ${quoteText(simple)})`);
			simple = '';
		}
	};

	let from = 0;
	for (const match of expanded.matchAll(elementPattern)) {
		simple += expanded.slice(from, match.index);
		from = match.index + match[0].length;
		if (native.has(match[0])) {
			simple += match[0];
			continue;
		}

		const special = specialElement(match[0], civilText, options);
		if (special === undefined) {
			throw new NotHere(`the format element ${match[0]}`);
		}

		flush();
		parts.push(special);
	}

	simple += expanded.slice(from);
	flush();
	return parts.length === 0 ? `''` : `(${parts.join(' || ')})`;
}

function specialElement(element: string, civilText: string, {zone, instant}: {readonly zone: string; readonly instant: string | undefined}): string | undefined {
	const offsetMinutes = instant === undefined ? '0' : `(date_diff('minute', timezone('UTC', ${instant}), ${civilText}))`;
	const offset = (separator: string): string => `(CASE WHEN ${offsetMinutes} < 0 THEN '-' ELSE '+' END || lpad(CAST(abs(${offsetMinutes}) // 60 AS VARCHAR), 2, '0') || '${separator}' || lpad(CAST(abs(${offsetMinutes}) % 60 AS VARCHAR), 2, '0'))`;
	const digits = /^%E(\d)S$/.exec(element);
	if (digits !== null) {
		return `(strftime(${civilText}, '%S') || '.' || left(strftime(${civilText}, '%f'), ${digits[1]}))`;
	}

	switch (element) {
		case '%E*S': {
			return `(strftime(${civilText}, '%S') || rtrim(rtrim('.' || strftime(${civilText}, '%f'), '0'), '.'))`;
		}

		case '%E4Y': {
			return `strftime(${civilText}, '%Y')`;
		}

		case '%e': {
			return `lpad(strftime(${civilText}, '%-d'), 2, ' ')`;
		}

		case '%k': {
			return `lpad(strftime(${civilText}, '%-H'), 2, ' ')`;
		}

		case '%l': {
			return `lpad(strftime(${civilText}, '%-I'), 2, ' ')`;
		}

		case '%P': {
			return `lower(strftime(${civilText}, '%p'))`;
		}

		case '%C': {
			return `left(strftime(${civilText}, '%Y'), 2)`;
		}

		case '%Q': {
			return `CAST(date_part('quarter', ${civilText}) AS VARCHAR)`;
		}

		case '%s': {
			return `CAST(epoch_us(${instant ?? civilText}) // 1000000 AS VARCHAR)`;
		}

		case '%z': {
			return offset('');
		}

		case '%Ez': {
			return offset(':');
		}

		case '%Z': {
			// BigQuery prints UTC, or an offset such as UTC-8.
			return `CASE WHEN ${zone} = 'UTC' THEN 'UTC' ELSE 'UTC' || CASE WHEN ${offsetMinutes} < 0 THEN '-' ELSE '+' END || CAST(abs(${offsetMinutes}) // 60 AS VARCHAR) END`;
		}

		case '%n': {
			return 'chr(10)';
		}

		case '%t': {
			return 'chr(9)';
		}

		default: {
			return undefined;
		}
	}
}

/** DuckDB's strptime format. */
export function parsePieces(format: string): {readonly format: string; readonly hasZone: boolean} {
	let hasZone = false;
	const duck = expand(format).replaceAll(elementPattern, element => {
		switch (element) {
			case '%E*S': {
				return '%S.%f';
			}

			case '%E4Y': {
				return '%Y';
			}

			case '%e': {
				return '%-d';
			}

			case '%z':
			case '%Ez': {
				hasZone = true;
				return '%z';
			}

			case '%Z': {
				hasZone = true;
				return '%Z';
			}

			default: {
				return element;
			}
		}
	});
	return {format: duck, hasZone};
}
