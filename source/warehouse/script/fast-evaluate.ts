// Plain scalar expressions over variables and literals, evaluated here: a loop whose condition goes through DuckDB takes
// milliseconds a turn. Anything not covered answers undefined and goes the long way, so this only has to be right, never complete.
import type {BinaryOperator, Expression} from '../../googlesql/syntax/expression.js';
import type {SqlType} from '../../googlesql/types.js';
import type {RuntimeScope, TypedCell} from './runtime.js';

const int64Type: SqlType = {kind: 'scalar', name: 'INT64'};
const boolType: SqlType = {kind: 'scalar', name: 'BOOL'};
const stringType: SqlType = {kind: 'scalar', name: 'STRING'};

const smallest = -(2n ** 63n);
const largest = 2n ** 63n - 1n;

const int64 = (value: bigint): TypedCell | undefined => (value < smallest || value > largest ? undefined : {type: int64Type, value: String(value)});
const bool = (value: boolean | null): TypedCell => ({type: boolType, value});

const nameOf = (type: SqlType): string | undefined => (type.kind === 'scalar' ? type.name : undefined);

const findVariable = (name: string, scope: RuntimeScope): TypedCell | undefined => {
	const exact = scope.variables.get(name);
	if (exact !== undefined) {
		return exact;
	}

	const key = name.toLowerCase();
	for (const [declared, value] of scope.variables) {
		if (declared.toLowerCase() === key) {
			return value;
		}
	}

	return undefined;
};

const compare = (operator: BinaryOperator, order: number): boolean | undefined => {
	switch (operator) {
		case '=': {
			return order === 0;
		}

		case '!=': {
			return order !== 0;
		}

		case '<': {
			return order < 0;
		}

		case '<=': {
			return order <= 0;
		}

		case '>': {
			return order > 0;
		}

		case '>=': {
			return order >= 0;
		}

		default: {
			return undefined;
		}
	}
};

const onIntegers = (operator: BinaryOperator, left: bigint, right: bigint): TypedCell | undefined => {
	const comparison = compare(operator, left < right ? -1 : left > right ? 1 : 0);
	if (comparison !== undefined) {
		return bool(comparison);
	}

	switch (operator) {
		case '+': {
			return int64(left + right);
		}

		case '-': {
			return int64(left - right);
		}

		case '*': {
			return int64(left * right);
		}

		default: {
			return undefined;
		}
	}
};

const onBooleans = (operator: BinaryOperator, left: boolean | null, right: boolean | null): TypedCell | undefined => {
	if (operator === 'AND') {
		return bool(left === false || right === false ? false : left === null || right === null ? null : true);
	}

	if (operator === 'OR') {
		return bool(left === true || right === true ? true : left === null || right === null ? null : false);
	}

	return undefined;
};

const binary = (operator: BinaryOperator, left: TypedCell, right: TypedCell): TypedCell | undefined => {
	const type = nameOf(left.type);
	if (type === undefined || type !== nameOf(right.type)) {
		return undefined;
	}

	if (type === 'BOOL') {
		return onBooleans(operator, left.value as boolean | null, right.value as boolean | null);
	}

	if (left.value === null || right.value === null) {
		return compare(operator, 0) === undefined ? undefined : bool(null);
	}

	if (type === 'INT64') {
		return onIntegers(operator, BigInt(left.value as string), BigInt(right.value as string));
	}

	if (type === 'STRING' && (operator === '=' || operator === '!=')) {
		return bool((left.value === right.value) === (operator === '='));
	}

	if (type === 'STRING' && operator === '||') {
		return {type: stringType, value: String(left.value) + String(right.value)};
	}

	return undefined;
};

/**
 * Evaluates what needs neither table nor function.
 * @returns undefined when the expression is not of that kind, or when only DuckDB can say what is wrong with it.
 */
export const fastEvaluate = (expression: Expression, scope: RuntimeScope): TypedCell | undefined => {
	switch (expression.kind) {
		case 'int': {
			return int64(expression.value);
		}

		case 'bool': {
			return bool(expression.value);
		}

		case 'string': {
			return {type: stringType, value: expression.value};
		}

		case 'path-expression': {
			const [name] = expression.names;
			return name !== undefined && expression.names.length === 1 ? findVariable(name.name, scope) : undefined;
		}

		case 'system-variable': {
			return scope.systemVariables.get(expression.names.join('.').toLowerCase());
		}

		case 'unary': {
			const operand = fastEvaluate(expression.operand, scope);
			if (expression.operator === 'NOT' && operand !== undefined && nameOf(operand.type) === 'BOOL') {
				return bool(operand.value === null ? null : operand.value !== true);
			}

			return undefined;
		}

		case 'is': {
			const operand = expression.test === 'null' ? fastEvaluate(expression.operand, scope) : undefined;
			return operand === undefined ? undefined : bool((operand.value === null) !== expression.isNegated);
		}

		case 'binary': {
			const left = fastEvaluate(expression.left, scope);
			const right = left === undefined ? undefined : fastEvaluate(expression.right, scope);
			return left === undefined || right === undefined ? undefined : binary(expression.operator, left, right);
		}

		default: {
			return undefined;
		}
	}
};
