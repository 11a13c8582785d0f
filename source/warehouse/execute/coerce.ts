// Assignment: what a value may become when it is put into a variable, an argument or a column.
import type {Expression} from '../../googlesql/syntax/expression.js';
import type {SqlType} from '../../googlesql/types.js';
import {SqlError} from '../contract.js';
import {typeText} from '../emit/duck-type.js';

const widening: Readonly<Record<string, readonly string[]>> = {
	INT64: ['NUMERIC', 'BIGNUMERIC', 'FLOAT64'],
	NUMERIC: ['BIGNUMERIC', 'FLOAT64'],
	BIGNUMERIC: ['FLOAT64'],
};

/** A literal may also become what its text says. */
const fromLiteral: Readonly<Record<string, readonly string[]>> = {
	STRING: ['DATE', 'DATETIME', 'TIME', 'TIMESTAMP', 'BYTES'],
	FLOAT64: ['NUMERIC', 'BIGNUMERIC'],
	DATE: ['DATETIME', 'TIMESTAMP'],
	DATETIME: ['TIMESTAMP'],
};

const isLiteral = (expression: Expression | undefined): boolean =>
	expression !== undefined && (['int', 'float', 'string', 'bool', 'null', 'typed-literal', 'bytes'].includes(expression.kind) || expression.kind === 'parameter' || (expression.kind === 'unary' && isLiteral(expression.operand)) || (expression.kind === 'array' && expression.elements.every(element => isLiteral(element))));

const fits = (from: SqlType, to: SqlType, isFromLiteral: boolean): boolean => {
	if (to.kind === 'any' || from.kind === 'any') {
		return true;
	}

	if (from.kind === 'scalar' && to.kind === 'scalar') {
		return from.name === to.name || (widening[from.name] ?? []).includes(to.name) || (isFromLiteral && (fromLiteral[from.name] ?? []).includes(to.name));
	}

	if (from.kind === 'array' && to.kind === 'array') {
		return isFromLiteral || typeText(from.element) === typeText(to.element) ? fits(from.element, to.element, isFromLiteral) : sameShape(from.element, to.element);
	}

	return from.kind === 'struct' && to.kind === 'struct' && from.fields.length === to.fields.length && from.fields.every((field, index) => fits(field.type, to.fields[index]!.type, isFromLiteral));
};

const sameShape = (a: SqlType, b: SqlType): boolean => {
	if (a.kind === 'struct' && b.kind === 'struct') {
		return a.fields.length === b.fields.length && a.fields.every((field, index) => sameShape(field.type, b.fields[index]!.type));
	}

	return typeText(a) === typeText(b);
};

/**
 * Checks an assignment.
 * @throws SqlError in BigQuery's words when the value's type does not fit.
 */
export const assertAssignable = (from: SqlType, to: SqlType, expression: Expression | undefined): void => {
	if (expression?.kind !== 'null' && !fits(from, to, isLiteral(expression))) {
		throw new SqlError({reason: 'invalidQuery', message: `Cannot coerce expression of type ${typeText(from)} to type ${typeText(to)}`});
	}
};

/** Whether the cells of one type are the cells of the other: then nothing has to be converted. */
export const isSameCell = (from: SqlType, to: SqlType): boolean => to.kind === 'any' || from.kind === 'any' || sameShape(from, to);
