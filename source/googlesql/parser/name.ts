// Names: paths of tables and routines, OPTIONS lists.
import type {Identifier, OptionEntry, Path} from '../syntax/name.js';
import type {Cursor} from './cursor.js';
import {parseExpression} from './expression.js';

/** Path of a table, schema or procedure: dashes join words in the first part; dots inside backquotes separate. */
export function parsePath(cursor: Cursor): Path {
	const start = cursor.current.start;
	const parts: Identifier[] = [parseDashedName(cursor)];
	while (cursor.isAt('.') && cursor.peek().upper !== '*') {
		cursor.advance();
		parts.push(cursor.anyWord());
	}

	return pathOf(parts, cursor.spanFrom(start));
}

/** Splits backquoted names at their dots: `` `p.d.t` `` has three parts. */
export function pathOf(names: readonly Identifier[], span: Path['span']): Path {
	const parts = names.flatMap(part => (part.isQuoted && part.name.includes('.') ? splitQuoted(part) : [part]));
	return {kind: 'path', parts, span};
}

function splitQuoted(identifier: Identifier): Identifier[] {
	// A domain-scoped project ("example.com:project") keeps its dots: they stand before the colon.
	const colon = identifier.name.indexOf(':');
	const names = identifier.name.slice(colon + 1).split('.');
	if (colon >= 0) names[0] = identifier.name.slice(0, colon + 1) + names[0]!;
	return names.map(name => ({...identifier, name}));
}

/** `my-project` without backquotes: words and numbers joined by dashes that touch them. */
function parseDashedName(cursor: Cursor): Identifier {
	const first = cursor.identifier();
	if (first.isQuoted) return first;
	let {end} = first.span;
	while (cursor.isAt('-') && cursor.current.start === end) {
		const next = cursor.peek();
		if (next.start !== cursor.current.end || (next.kind !== 'word' && next.kind !== 'integer')) break;
		cursor.advance();
		cursor.advance();
		end = next.end;
	}

	return {...first, name: cursor.text.slice(first.span.start, end), span: {start: first.span.start, end}};
}

/** OPTIONS (name = value, ...) when it is next; otherwise an empty list. */
export function parseOptions(cursor: Cursor): readonly OptionEntry[] {
	if (!cursor.isAt('OPTIONS')) return [];
	cursor.advance();
	return parseOptionList(cursor);
}

/** (name = value, ...). */
export function parseOptionList(cursor: Cursor): readonly OptionEntry[] {
	cursor.expect('(');
	const options: OptionEntry[] = [];
	while (!cursor.isAt(')')) {
		if (options.length > 0) cursor.expect(',');
		if (cursor.isAt(')') && options.length > 0) break;
		const start = cursor.current.start;
		const name = cursor.identifier();
		cursor.expect('=');
		const value = parseExpression(cursor);
		options.push({kind: 'option', name, value, span: cursor.spanFrom(start)});
	}

	cursor.expect(')');
	return options;
}

/** (a, b, c). */
export function parseNameList(cursor: Cursor): readonly Identifier[] {
	cursor.expect('(');
	const names = [cursor.identifier()];
	while (cursor.accept(',')) names.push(cursor.identifier());
	cursor.expect(')');
	return names;
}

/** `AS name`, or a bare name where `allowsBare`; undefined when neither is next. */
export function parseAlias(cursor: Cursor, allowsBare = true): Identifier | undefined {
	if (cursor.accept('AS')) return cursor.identifier();
	return allowsBare && cursor.isAtIdentifier ? cursor.identifier() : undefined;
}
