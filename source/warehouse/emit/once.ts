// Writing a text once. DuckDB macros and CASE repeat their arguments, and a repeated argument that repeats its own grows
// without bound: a long one is evaluated into a one-row list first, and a lambda uses it by name.

import {createHash} from 'node:crypto';
import {holdsQuery} from './not-here.js';
import {isVolatileText} from './volatile.js';

/** Texts shorter than this are cheaper to repeat than to bind. */
const shortText = 80;

/**
 * Gives `use` the texts, or short names for them when writing them again would be expensive.
 * @param use - what is made of them; it must not hold a sub-query when names are used, since DuckDB's lambdas cannot.
 */
export function once(texts: readonly string[], use: (names: readonly string[]) => string): string {
	const isLong = texts.map(text => text.length > shortText || holdsQuery(text) || isVolatileText(text));
	if (!isLong.includes(true)) return use(texts);
	// Named by what it holds: the same expression is the same text in SELECT and in GROUP BY.
	const row = `v${createHash('md5').update(texts.join('\n')).digest('hex').slice(0, 12)}`;
	const fields = texts.flatMap((text, index) => (isLong[index] ? [`"v${index}" := ${text}`] : []));
	// `row.v0` would be read as a column in HAVING.
	const body = use(texts.map((text, index) => (isLong[index] ? `struct_extract(${row}, 'v${index}')` : text)));
	return `list_transform([struct_pack(${fields.join(', ')})], lambda ${row}: ${body})[1]`;
}
