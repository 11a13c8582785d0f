// Which types go with which: sameness, implicit coercion, common supertypes. Source: GoogleSQL's conversion rules.
import type {ScalarTypeName, SqlType} from '../types.js';

export const scalar = (name: ScalarTypeName): SqlType => ({kind: 'scalar', name});
export const int64 = scalar('INT64');
export const float64 = scalar('FLOAT64');
export const bool = scalar('BOOL');
export const string = scalar('STRING');
export const anyType: SqlType = {kind: 'any'};

/** The type as BigQuery prints it in messages. */
export function typeName(type: SqlType): string {
	switch (type.kind) {
		case 'scalar': {
			return type.name;
		}

		case 'array': {
			return `ARRAY<${typeName(type.element)}>`;
		}

		case 'struct': {
			return `STRUCT<${type.fields.map(field => (field.name === undefined ? typeName(field.type) : `${field.name} ${typeName(field.type)}`)).join(', ')}>`;
		}

		case 'any': {
			return 'NULL';
		}
	}
}

/** Same type; field names of structs do not count. */
export function isSame(a: SqlType, b: SqlType): boolean {
	if (a.kind === 'scalar' && b.kind === 'scalar') return a.name === b.name;
	if (a.kind === 'array' && b.kind === 'array') return isSame(a.element, b.element);
	if (a.kind === 'struct' && b.kind === 'struct') return a.fields.length === b.fields.length && a.fields.every((field, index) => isSame(field.type, b.fields[index]!.type));
	return a.kind === 'any' && b.kind === 'any';
}

const widening: Readonly<Record<string, readonly ScalarTypeName[]>> = {
	INT64: ['NUMERIC', 'BIGNUMERIC', 'FLOAT64'],
	NUMERIC: ['BIGNUMERIC', 'FLOAT64'],
	BIGNUMERIC: ['FLOAT64'],
	DATE: ['DATETIME'],
};

const literalWidening: Readonly<Record<string, readonly ScalarTypeName[]>> = {
	STRING: ['DATE', 'DATETIME', 'TIME', 'TIMESTAMP'],
	FLOAT64: ['NUMERIC', 'BIGNUMERIC'],
};

/** A type with what is known of the expression that has it. */
export type Operand = {readonly type: SqlType; readonly isLiteral: boolean};

/** Cost of using a value where another type is asked for: 0 none, undefined impossible. */
export function coercionCost({type, isLiteral}: Operand, target: SqlType): number | undefined {
	if (type.kind === 'any' || target.kind === 'any' || isSame(type, target)) return 0;
	if (type.kind === 'scalar' && target.kind === 'scalar') {
		const steps = (widening[type.name] ?? []).indexOf(target.name);
		if (steps !== -1) return 2 + steps;
		return isLiteral && (literalWidening[type.name] ?? []).includes(target.name) ? 6 : undefined;
	}

	if (type.kind === 'array' && target.kind === 'array') return isLiteral || type.element.kind === 'any' ? coercionCost({type: type.element, isLiteral}, target.element) : undefined;
	if (type.kind === 'struct' && target.kind === 'struct' && type.fields.length === target.fields.length) {
		let cost = 0;
		for (const [index, field] of type.fields.entries()) {
			const one = coercionCost({type: field.type, isLiteral}, target.fields[index]!.type);
			if (one === undefined) return undefined;
			cost += one;
		}

		return cost;
	}

	return undefined;
}

/** The type that all of them can become; undefined when there is none. NULLs fit everything; literals give way to others. */
export function supertype(operands: readonly Operand[]): SqlType | undefined {
	const known = operands.filter(({type}) => type.kind !== 'any');
	if (known.length === 0) return anyType;
	const firm = known.filter(({isLiteral}) => !isLiteral);
	for (const candidates of [firm, known]) {
		for (const {type} of candidates) {
			if (known.every(operand => coercionCost(operand, type) !== undefined)) return type;
		}
	}

	for (const name of ['NUMERIC', 'BIGNUMERIC', 'FLOAT64', 'DATETIME'] as const) {
		if (known.every(operand => coercionCost(operand, scalar(name)) !== undefined)) return scalar(name);
	}

	return supertypeOfStructs(known);
}

function supertypeOfStructs(operands: readonly Operand[]): SqlType | undefined {
	const [first] = operands;
	if (first?.type.kind !== 'struct') return undefined;
	const {fields} = first.type;
	const common = fields.map((field, index) => {
		const parts: Operand[] = [];
		for (const {type, isLiteral} of operands) {
			if (type.kind !== 'struct' || type.fields.length !== fields.length) return undefined;
			parts.push({type: type.fields[index]!.type, isLiteral});
		}

		const type = supertype(parts);
		return type === undefined ? undefined : {name: field.name, type};
	});
	return common.every(field => field !== undefined) ? {kind: 'struct', fields: common} : undefined;
}
