// How far the embedded warehouse's functions go: what is beyond is refused, never left out.
import type {SqlType} from '../../googlesql/types.js';
import {scalarName} from './duck-type.js';
import {NotHere} from './not-here.js';

/** Arguments that count; BigQuery takes more. */
const mostArguments: Readonly<Record<string, number>> = {INITCAP: 1, INSTR: 2, REGEXP_EXTRACT: 2, PARSE_JSON: 1, JSON_KEYS: 1, ROUND: 2, CONTAINS_SUBSTR: 2, TO_JSON: 1, FLOAT64: 1, NORMALIZE: 1};

/** DuckDB knows these for text only. */
const textOnly = new Set([
	'LOWER', 'UPPER', 'INITCAP', 'REVERSE', 'REPEAT', 'TRIM', 'LTRIM', 'RTRIM', 'LPAD', 'RPAD', 'LEFT', 'RIGHT', 'SUBSTR', 'STRPOS', 'INSTR', 'STARTS_WITH', 'ENDS_WITH', 'REPLACE', 'TRANSLATE', 'SPLIT',
	'REGEXP_CONTAINS', 'REGEXP_EXTRACT', 'REGEXP_EXTRACT_ALL', 'REGEXP_REPLACE', 'ARRAY_TO_STRING', 'STRING_AGG', 'CONTAINS_SUBSTR', 'BIT_COUNT', 'TO_CODE_POINTS',
]);

/** @throws NotHere when a call asks for more than there is. */
export function checkLimits(name: string, types: readonly (SqlType | undefined)[]): void {
	const most = mostArguments[name];
	if (most !== undefined && types.length > most) throw new NotHere(`${name} with more than ${most === 1 ? 'one argument' : 'two arguments'}`);
	const [first] = types;
	const element = first?.kind === 'array' ? first.element : first;
	if (element !== undefined && textOnly.has(name) && scalarName(element) === 'BYTES') throw new NotHere(`${name} of BYTES`);
	if ((name === 'SUM' || name === 'AVG') && first !== undefined && scalarName(first) === 'INTERVAL') throw new NotHere(`${name} of INTERVAL`);
	if (name === 'CONTAINS_SUBSTR' && first !== undefined && scalarName(first) !== 'STRING') throw new NotHere(`CONTAINS_SUBSTR of ${scalarName(first)}`);
}
