// Types: names, equality, coercion, supertypes, what can be compared, grouped and ordered.
import type {ScalarTypeName, SqlType} from './types.js';

export const scalar = (name: ScalarTypeName): SqlType => scalars[name];

const scalars = Object.fromEntries(
	(['INT64', 'FLOAT64', 'NUMERIC', 'BIGNUMERIC', 'BOOL', 'STRING', 'BYTES', 'DATE', 'DATETIME', 'TIME', 'TIMESTAMP', 'INTERVAL', 'JSON', 'GEOGRAPHY'] as const).map(name => [name, {kind: 'scalar', name}]),
) as unknown as Readonly<Record<ScalarTypeName, SqlType>>;

export const anyType: SqlType = {kind: 'any'};
export const arrayOf = (element: SqlType): SqlType => ({kind: 'array', element});

/** As BigQuery writes it: `ARRAY<STRUCT<a INT64, STRING>>`. */
export function typeText(type: SqlType): string {
	switch (type.kind) {
		case 'scalar': {
			return type.name;
		}

		case 'array': {
			return `ARRAY<${typeText(type.element)}>`;
		}

		case 'struct': {
			return `STRUCT<${type.fields.map(field => (field.name === undefined ? typeText(field.type) : `${field.name} ${typeText(field.type)}`)).join(', ')}>`;
		}

		default: {
			return 'ANY TYPE';
		}
	}
}

/** Equal but for the names of struct fields. */
export function isEquivalent(left: SqlType, right: SqlType): boolean {
	if (left === right) return true;
	if (left.kind === 'scalar') return right.kind === 'scalar' && left.name === right.name;
	if (left.kind === 'array') return right.kind === 'array' && isEquivalent(left.element, right.element);
	if (left.kind === 'struct') {
		return right.kind === 'struct' && left.fields.length === right.fields.length && left.fields.every((field, index) => isEquivalent(field.type, right.fields[index]!.type));
	}

	return right.kind === 'any';
}

/** Equal, the names of struct fields included: what a table stores and a query gives is told apart by them. */
export const isIdentical = (left: SqlType, right: SqlType): boolean => left === right || typeText(left).toLowerCase() === typeText(right).toLowerCase();

/**
 * What a value is besides its type: literals and parameters coerce further than columns. A NULL among the fields of a
 * constructor ('null-field') counts as an INT64 where a common type is looked for, and still becomes whatever is asked of it.
 */
export type Literalness = 'none' | 'literal' | 'parameter' | 'null' | 'null-field' | 'empty-array';

const costs: Readonly<Record<string, Readonly<Record<string, number>>>> = {
	INT64: {FLOAT64: 1, NUMERIC: 2, BIGNUMERIC: 3},
	NUMERIC: {BIGNUMERIC: 1, FLOAT64: 2},
	BIGNUMERIC: {FLOAT64: 4},
	DATE: {DATETIME: 1},
};

const literalCosts: Readonly<Record<string, Readonly<Record<string, number>>>> = {
	STRING: {DATE: 10, TIMESTAMP: 11, DATETIME: 12, TIME: 13},
	FLOAT64: {NUMERIC: 10, BIGNUMERIC: 11},
};

/** Cost of an implicit coercion: 0 when the types agree, undefined when there is none. */
export function coercionCost(from: SqlType, to: SqlType, literalness: Literalness = 'none'): number | undefined {
	if (to.kind === 'any' || from.kind === 'any' || literalness === 'null' || literalness === 'null-field') return 0;
	if (isEquivalent(from, to)) return 0;
	if (literalness === 'empty-array' && to.kind === 'array') return 0;
	if (from.kind === 'scalar' && to.kind === 'scalar') {
		const isConstant = literalness === 'literal' || literalness === 'parameter';
		return costs[from.name]?.[to.name] ?? (isConstant ? literalCosts[from.name]?.[to.name] : undefined);
	}

	if (from.kind === 'struct' && to.kind === 'struct' && from.fields.length === to.fields.length) {
		let total = 0;
		for (const [index, field] of from.fields.entries()) {
			const cost = coercionCost(field.type, to.fields[index]!.type, literalness);
			if (cost === undefined) return undefined;
			total += cost;
		}

		return total;
	}

	// Arrays coerce only as literals: ARRAY<INT64> is not an ARRAY<FLOAT64>.
	if (from.kind === 'array' && to.kind === 'array' && literalness === 'literal') return coercionCost(from.element, to.element, 'literal');
	return undefined;
}

/** A value as the rules of coercion see it; `fields` are those of a STRUCT constructor, which coerces field by field. */
export type Candidate = {readonly type: SqlType; readonly literalness: Literalness; readonly fields?: readonly Candidate[]};

/** Cost of coercing a value; undefined when it can't be. */
export function costOf(candidate: Candidate, to: SqlType): number | undefined {
	const {type, literalness, fields} = candidate;
	if (fields === undefined || to.kind !== 'struct' || to.fields.length !== fields.length || isEquivalent(type, to)) return coercionCost(type, to, literalness);
	let total = 0;
	for (const [index, field] of fields.entries()) {
		// A constructor of literals only is a literal itself: its empty array has a type by then.
		const cost = literalness === 'literal' && field.literalness === 'empty-array' ? coercionCost(field.type, to.fields[index]!.type, 'literal') : costOf(field, to.fields[index]!.type);
		if (cost === undefined) return undefined;
		total += cost;
	}

	return total;
}

const rank = ['INT64', 'NUMERIC', 'BIGNUMERIC', 'FLOAT64', 'DATE', 'DATETIME', 'TIMESTAMP'];

/** The type all values coerce to; undefined when there is none. Only NULLs give INT64. */
export function supertypeOf(candidates: readonly Candidate[]): SqlType | undefined {
	const typed = candidates.filter(({type, literalness}) => literalness !== 'null' && type.kind !== 'any');
	if (typed.length === 0) return candidates.some(({type}) => type.kind === 'any') && candidates.every(({literalness}) => literalness !== 'null') ? anyType : scalar('INT64');
	const shaped = typed.filter(({literalness}) => literalness !== 'empty-array');
	if (shaped.length > 0 && shaped.length < typed.length) {
		const common = supertypeOf(shaped);
		return common?.kind === 'array' ? common : undefined;
	}

	if (typed.some(({fields}) => fields !== undefined)) return structSupertype(typed);
	const solid = typed.filter(({literalness}) => literalness === 'none');
	const fits = (type: SqlType) => typed.every(one => costOf(one, type) !== undefined);
	// Among literals alone the first leads: the others follow it, or all meet in a type that any value of theirs would.
	const isWide = (type: SqlType) => typed.every(one => coercionCost(one.type, type) !== undefined);
	const choices = solid.length > 0 ? [...solid, ...typed].map(({type}) => type) : [typed[0]!.type, ...typed.map(({type}) => type).filter(type => isWide(type))];
	const found = choices.filter(type => fits(type));
	if (found.length > 0) {
		return found.find(type => type.kind === 'struct' && type.fields.every(field => field.name !== undefined)) ?? found[0];
	}

	const [first] = typed;
	if (first!.type.kind === 'struct') return structSupertype(typed);
	// INT64 and STRING-literal dates and the like have no common type; numbers of three kinds may have one that none of them is.
	const wider = typed.flatMap(({type}) => (type.kind === 'scalar' ? [rank.indexOf(type.name)] : [-1]));
	return wider.includes(-1) ? undefined : [scalar('BIGNUMERIC'), scalar('FLOAT64')].find(type => fits(type));
}

function structSupertype(candidates: readonly Candidate[]): SqlType | undefined {
	const hasNames = ({type}: Candidate) => type.kind === 'struct' && type.fields.every(field => field.name !== undefined);
	const solid = candidates.filter(({literalness}) => literalness === 'none');
	const first = (solid.find(one => hasNames(one)) ?? candidates.find(one => hasNames(one)) ?? candidates[0]!).type;
	if (first.kind !== 'struct') return undefined;
	const fields: {name: string | undefined; type: SqlType}[] = [];
	for (const [index, field] of first.fields.entries()) {
		const members: Candidate[] = [];
		for (const {type, literalness, fields: own} of candidates) {
			if (type.kind !== 'struct' || type.fields.length !== first.fields.length) return undefined;
			const member = own?.[index] ?? {type: type.fields[index]!.type, literalness};
			members.push(member.literalness === 'null' ? {...member, literalness: 'null-field'} : member);
		}

		const type = supertypeOf(members);
		if (type === undefined) return undefined;
		fields.push({name: field.name, type});
	}

	return {kind: 'struct', fields};
}

const named = (type: SqlType, ...names: readonly ScalarTypeName[]) => type.kind === 'scalar' && names.includes(type.name);

/** Whether `=` works on it. */
export function isEqualable(type: SqlType): boolean {
	if (type.kind === 'array') return false;
	if (type.kind === 'struct') return type.fields.every(field => isEqualable(field.type));
	return !named(type, 'JSON', 'GEOGRAPHY');
}

/** Whether `<` and ORDER BY work on it. */
export function isOrderable(type: SqlType): boolean {
	return type.kind === 'any' || (type.kind === 'scalar' && !named(type, 'JSON', 'GEOGRAPHY'));
}

/** Whether GROUP BY, DISTINCT and PARTITION BY work on it. */
export function isGroupable(type: SqlType): boolean {
	if (type.kind === 'array') return isGroupable(type.element);
	if (type.kind === 'struct') return type.fields.every(field => isGroupable(field.type));
	return !named(type, 'JSON', 'GEOGRAPHY');
}

export const isNumeric = (type: SqlType): boolean => named(type, 'INT64', 'FLOAT64', 'NUMERIC', 'BIGNUMERIC');

/** Whether CAST knows the pair. */
export function canCast(from: SqlType, to: SqlType): boolean {
	if (from.kind === 'any' || to.kind === 'any' || isEquivalent(from, to)) return true;
	if (from.kind === 'array' || to.kind === 'array') return from.kind === 'array' && to.kind === 'array' && canCast(from.element, to.element);
	if (from.kind === 'struct' || to.kind === 'struct') {
		return from.kind === 'struct' && to.kind === 'struct' && from.fields.length === to.fields.length && from.fields.every((field, index) => canCast(field.type, to.fields[index]!.type));
	}

	return casts[from.name]?.has(to.name) ?? false;
}

const set = (text: string): ReadonlySet<string> => new Set(text.split(' '));

const casts: Readonly<Record<string, ReadonlySet<string>>> = {
	INT64: set('BOOL FLOAT64 NUMERIC BIGNUMERIC STRING'),
	FLOAT64: set('INT64 NUMERIC BIGNUMERIC STRING'),
	NUMERIC: set('INT64 FLOAT64 BIGNUMERIC STRING'),
	BIGNUMERIC: set('INT64 FLOAT64 NUMERIC STRING'),
	BOOL: set('INT64 STRING'),
	STRING: set('INT64 FLOAT64 NUMERIC BIGNUMERIC BOOL BYTES DATE DATETIME TIME TIMESTAMP INTERVAL'),
	BYTES: set('STRING'),
	DATE: set('STRING DATETIME TIMESTAMP'),
	DATETIME: set('STRING DATE TIME TIMESTAMP'),
	TIME: set('STRING'),
	TIMESTAMP: set('STRING DATE DATETIME TIME'),
	INTERVAL: set('STRING'),
};
