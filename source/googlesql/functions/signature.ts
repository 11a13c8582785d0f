// Signatures of builtin functions as short texts: 'STRING, INT64, INT64? -> STRING'.
// `?` optional, `*` any number more, T and U templates, PART a date part, TYPE=> a named argument.
import type {SqlType} from '../types.js';
import {arrayOf, scalar} from '../type-rules.js';
import type {ScalarTypeName} from '../types.js';

export type Pattern =
	| {readonly kind: 'type'; readonly type: SqlType}
	| {readonly kind: 'template'; readonly name: string}
	| {readonly kind: 'array'; readonly element: Pattern}
	| {readonly kind: 'part'};

export type ParameterPattern = {readonly pattern: Pattern; readonly mode: 'required' | 'optional' | 'repeated'; readonly name: string | undefined};

export type Signature = {readonly parameters: readonly ParameterPattern[]; readonly result: Pattern; readonly text: string};

/** What a function of a family table says: how it is used and its signatures. */
export type FunctionEntry = {readonly family: 'scalar' | 'aggregate' | 'window'; readonly signatures: readonly Signature[]};

/** Turns `{NAME: ['A -> B', ...]}` into entries; aliases are `{ALIAS: 'NAME'}`. */
export function family(kind: FunctionEntry['family'], table: Readonly<Record<string, string | readonly string[]>>): Readonly<Record<string, {readonly family: FunctionEntry['family']; readonly texts: string | readonly string[]}>> {
	return Object.fromEntries(Object.entries(table).map(([name, texts]) => [name, {family: kind, texts}]));
}

/** Parses one signature text. */
export function parseSignature(text: string): Signature {
	const [left = '', right = ''] = text.split('->').map(part => part.trim());
	const parameters = splitTop(left).map(part => parseParameter(part));
	return {parameters, result: parsePattern(right), text: left};
}

function splitTop(text: string): string[] {
	const parts: string[] = [];
	let depth = 0;
	let current = '';
	for (const character of text) {
		if (character === '<') depth++;
		if (character === '>' && !current.endsWith('=')) depth--;
		if (character === ',' && depth === 0) {
			parts.push(current.trim());
			current = '';
		} else {
			current += character;
		}
	}

	if (current.trim() !== '') parts.push(current.trim());
	return parts;
}

function parseParameter(text: string): ParameterPattern {
	const named = /^(\w+)=>(.+)$/.exec(text);
	const rest = named?.[2] ?? text;
	const mode = rest.endsWith('?') ? 'optional' : rest.endsWith('*') ? 'repeated' : 'required';
	return {pattern: parsePattern(mode === 'required' ? rest : rest.slice(0, -1)), mode, name: named?.[1]};
}

function parsePattern(text: string): Pattern {
	if (text === 'PART') return {kind: 'part'};
	if (/^[TU]$/.test(text)) return {kind: 'template', name: text};
	const array = /^ARRAY<(.+)>$/.exec(text);
	if (array !== null) return {kind: 'array', element: parsePattern(array[1]!)};
	return {kind: 'type', type: scalar(text as ScalarTypeName)};
}

/** The type a pattern stands for, its templates filled in. */
export function fill(pattern: Pattern, bindings: ReadonlyMap<string, SqlType>): SqlType {
	switch (pattern.kind) {
		case 'type': {
			return pattern.type;
		}

		case 'template': {
			return bindings.get(pattern.name) ?? scalar('INT64');
		}

		case 'array': {
			return arrayOf(fill(pattern.element, bindings));
		}

		default: {
			return scalar('STRING');
		}
	}
}
