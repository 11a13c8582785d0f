// Paths: which column, row, alias, variable or argument the first names mean, and the fields after them.
import type {FieldStep, Reference} from '../analysis.js';
import type {PathExpression} from '../syntax/expression.js';
import type {Identifier} from '../syntax/name.js';
import {scalar, typeText} from '../type-rules.js';
import type {SqlType} from '../types.js';
import {columnReference, correlated, knownNames, nearest, rowType, sameName, type Scope} from './scope.js';
import type {Session} from './session.js';

/** Resolves a path and records what it means. */
export function resolvePath(session: Session, path: PathExpression, scope: Scope): SqlType {
	const found = findPath(session, path.names, scope);
	if (found === undefined) {
		const written = path.names[0]!.name;
		const suggestion = nearest(written, [...knownNames(scope), ...[...session.variables.values()].map(({name}) => name), ...[...session.arguments.values()].map(({name}) => name)]);
		const text = path.names.map(({name}) => name).join('.');
		throw session.error(path, `Unrecognized name: ${text}${suggestion === undefined ? '' : `; Did you mean ${suggestion}?`}`);
	}

	session.references.set(path, found);
	return found.type;
}

/** What the names mean, or undefined when the first of them is unknown. */
export function findPath(session: Session, names: readonly Identifier[], scope: Scope): Reference | undefined {
	let isCorrelated = false;
	for (let current: Scope | undefined = scope; current !== undefined; current = current.parent) {
		const found = findInScope(session, names, current);
		if (found !== undefined) return withFields(session, correlated(found.reference, isCorrelated), names.slice(found.used));
		isCorrelated = isCorrelated || current.locals === undefined;
	}

	const first = names[0]!.name.toLowerCase();
	const argument = session.arguments.get(first);
	if (argument !== undefined) return withFields(session, {kind: 'argument', name: argument.name, fields: [], type: argument.type}, names.slice(1));
	const variable = session.variables.get(first);
	if (variable !== undefined) return withFields(session, {kind: 'variable', name: variable.name, fields: [], type: variable.type}, names.slice(1));
	return undefined;
}

type Found = {readonly reference: Reference; readonly used: number};

function findInScope(session: Session, names: readonly Identifier[], scope: Scope): Found | undefined {
	const first = names[0]!;
	const local = scope.locals?.get(first.name.toLowerCase());
	if (local !== undefined) return {reference: {kind: 'local', name: local.name, fields: [], type: local.type}, used: 1};
	if (scope.aggregateAliases?.has(first.name.toLowerCase())) throw session.error(first, 'Aggregations of aggregations are not allowed');
	const output = findOutput(session, first, scope);
	if (output !== undefined) return {reference: output, used: 1};
	const source = scope.sources.find(({name}) => sameName(name, first.name));
	if (source !== undefined && names.length > 1) {
		const second = names[1]!.name;
		const column = [...source.columns, ...source.pseudoColumns].filter(({name}) => sameName(name, second));
		if (column.length > 1) throw session.error(first, `Column name ${second} is ambiguous`);
		if (column.length === 1) return {reference: columnReference(source, column[0]!), used: 2};
		const isColumnToo = scope.columns.some(({name, reference}) => sameName(name, first.name) && reference.type.kind !== 'scalar');
		if (source.valueType === undefined && !isColumnToo) {
			const suggestion = nearest(second, source.columns.map(({name}) => name));
			throw session.error(names[1]!, `Name ${second} not found inside ${first.name}${suggestion === undefined ? '' : `; Did you mean ${suggestion}?`}`);
		}
	}

	if (source?.valueType !== undefined) return {reference: {kind: 'row', source, isCorrelated: false, fields: [], type: source.valueType}, used: 1};
	const columns = [...scope.columns, ...scope.hidden].filter(({name}) => sameName(name, first.name));
	if (columns.length > 1) throw session.error(first, `Column name ${first.name} is ambiguous`);
	if (columns.length === 1) return {reference: columns[0]!.reference, used: 1};
	if (source !== undefined) return {reference: {kind: 'row', source, isCorrelated: false, fields: [], type: rowType(source)}, used: 1};
	return undefined;
}

function findOutput(session: Session, first: Identifier, scope: Scope): Reference | undefined {
	const aliases = (scope.aliases ?? []).flatMap((column, index) => (sameName(column.name, first.name) ? [{column, index}] : []));
	if (aliases.length > 0) {
		const [{column, index}] = aliases as [(typeof aliases)[number]];
		if (aliases.length > 1) throw session.error(first, `Column name ${first.name} is ambiguous`);
		const item = column.value.kind === 'item' ? column.value.item.expression : column.value.column;
		return {kind: 'select-alias', column: column.name!, index, item, fields: [], type: column.type};
	}

	const index = scope.outputs?.findIndex(({name}) => sameName(name, first.name)) ?? -1;
	return index < 0 ? undefined : {kind: 'output-column', column: scope.outputs![index]!.name!, index, fields: [], type: scope.outputs![index]!.type};
}

function withFields(session: Session, reference: Reference, names: readonly Identifier[]): Reference {
	let {type} = reference;
	const fields: FieldStep[] = [...reference.fields];
	for (const name of names) {
		const step = fieldStep(session, type, name);
		fields.push(step);
		type = step.kind === 'struct-field' ? step.type : scalar('JSON');
	}

	return {...reference, fields, type};
}

/** The step from a value of a type to its field; throws when there is none. */
export function fieldStep(session: Session, type: SqlType, field: Identifier): FieldStep {
	if (type.kind === 'scalar' && type.name === 'JSON') return {kind: 'json-key', name: field.name};
	if (type.kind !== 'struct') throw session.error(field, `Cannot access field ${field.name} on a value with type ${typeText(type)}`);
	const matches = type.fields.flatMap((one, index) => (sameName(one.name, field.name) ? [{one, index}] : []));
	if (matches.length > 1) throw session.error(field, `Struct field name ${field.name} is ambiguous`);
	const [match] = matches;
	if (match === undefined) {
		const suggestion = nearest(field.name, type.fields.flatMap(({name}) => name ?? []));
		throw session.error(field, `Field name ${field.name} does not exist in ${typeText(type)}${suggestion === undefined ? '' : `; Did you mean ${suggestion}?`}`);
	}

	return {kind: 'struct-field', name: match.one.name!, index: match.index, type: match.one.type};
}
