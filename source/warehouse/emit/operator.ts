// Operators whose meaning in BigQuery differs from DuckDB's: arithmetic by type, comparisons of STRUCTs and of NaN, sets, LIKE.
import type {Expression, SqlType} from '../../googlesql/index.js';
import type {Emission} from './context.js';
import {duckType, fieldName, quoteName, scalarName} from './duck-type.js';
import {emitExpression, typeOf} from './expression.js';
import {emitArithmetic, emitComparison, mayBeNan, sideOf, type Comparison} from './float.js';
import {once} from './once.js';
import {emitQuery} from './query.js';

type Of<Kind extends Expression['kind']> = Extract<Expression, {kind: Kind}>;

const escapes = String.raw`ESCAPE '\'`;

function negation(expression: {readonly isNegated: boolean}): string {
	return expression.isNegated ? 'NOT ' : '';
}

/** BETWEEN; NaN is between nothing. */
export function emitBetween(expression: Of<'between'>, emission: Emission): string {
	if (mayBeNan(expression.low, emission) || mayBeNan(expression.high, emission)) {
		const side = sideOf(expression.operand, emission);
		return `(${negation(expression)}(${emitComparison('>=', side, sideOf(expression.low, emission))} AND ${emitComparison('<=', side, sideOf(expression.high, emission))}))`;
	}

	return `(${emitExpression(expression.operand, emission)} ${negation(expression)}BETWEEN ${emitExpression(expression.low, emission)} AND ${emitExpression(expression.high, emission)})`;
}

/** IN a list of values. */
export function emitInList(expression: Of<'in-list'>, emission: Emission): string {
	const type = typeOf(expression.operand, emission);
	const emit = (part: Expression): string => emitExpression(part, emission);
	if (type.kind === 'struct') {
		return `(${negation(expression)}(${expression.values.map(value => structEquality('=', emit(expression.operand), emit(value), type)).join(' OR ')}))`;
	}

	if (mayBeNan(expression.operand, emission) && expression.values.some(value => mayBeNan(value, emission))) {
		return `(${negation(expression)}(${expression.values.map(value => emitComparison('=', sideOf(expression.operand, emission), sideOf(value, emission))).join(' OR ')}))`;
	}

	return `(${emit(expression.operand)} ${negation(expression)}IN (${expression.values.map(value => emit(value)).join(', ')}))`;
}

/** IN a query: NaN is in no set, DuckDB would find it. */
export function emitInQuery(expression: Of<'in-query'>, emission: Emission): string {
	const query = emitQuery(expression.query, emission);
	const sought = mayBeNan(expression.operand, emission) ? `SELECT v FROM (${query}) AS o(v) WHERE isnan(v) IS NOT TRUE` : query;
	return `(${emitExpression(expression.operand, emission)} ${negation(expression)}IN (${sought}))`;
}

/** IN UNNEST of an array. */
export function emitInUnnest(expression: Of<'in-unnest'>, emission: Emission): string {
	const array = emitExpression(expression.array, emission);
	const sought = mayBeNan(expression.operand, emission) ? `list_filter(${array}, lambda n: isnan(n) IS NOT TRUE)` : array;
	return `(${negation(expression)}bq_in(${emitExpression(expression.operand, emission)}, ${sought}))`;
}

/** LIKE; the backslash escapes, as in BigQuery. */
export function emitLike(expression: Of<'like'>, emission: Emission): string {
	return `(${emitExpression(expression.operand, emission)} ${negation(expression)}LIKE ${emitExpression(expression.pattern, emission)} ${escapes})`;
}

/** LIKE ANY and LIKE ALL; NOT belongs to the whole. */
export function emitQuantifiedLike(expression: Of<'quantified-like'>, emission: Emission): string {
	const operand = emitExpression(expression.operand, emission);
	const test = (pattern: string): string => `${operand} LIKE ${pattern} ${escapes}`;
	if (expression.array !== undefined) {
		const macro = expression.quantifier === 'any' ? 'bq_any' : 'bq_all';
		return `(${negation(expression)}${macro}(list_transform(${emitExpression(expression.array, emission)}, lambda p: ${test('p')})))`;
	}

	return `(${negation(expression)}(${(expression.patterns ?? []).map(pattern => test(emitExpression(pattern, emission))).join(expression.quantifier === 'any' ? ' OR ' : ' AND ')}))`;
}

/** CASE; branches of an operand that can be NaN are compared one by one. */
export function emitCase(expression: Of<'case'>, emission: Emission): string {
	const emit = (part: Expression): string => emitExpression(part, emission);
	const compared = expression.operand !== undefined && mayBeNan(expression.operand, emission) && expression.branches.some(branch => mayBeNan(branch.when, emission)) ? sideOf(expression.operand, emission) : undefined;
	const operand = expression.operand === undefined || compared !== undefined ? '' : ` ${emit(expression.operand)}`;
	const branches = expression.branches.map(branch => `WHEN ${compared === undefined ? emit(branch.when) : emitComparison('=', compared, sideOf(branch.when, emission))} THEN ${emit(branch.then)}`);
	return `(CASE${operand} ${branches.join(' ')}${expression.otherwise === undefined ? '' : ` ELSE ${emit(expression.otherwise)}`} END)`;
}

/** `-x`, `+x`, `~x`, NOT x; the smallest INT64 is a literal, not the negative of one. */
export function emitUnary(expression: Of<'unary'>, emission: Emission): string {
	if (expression.operator === '-' && expression.operand.kind === 'int' && scalarName(typeOf(expression.operand, emission)) === 'INT64') {
		return `CAST(${-expression.operand.value} AS BIGINT)`;
	}

	const operand = emitExpression(expression.operand, emission);
	return expression.operator === 'NOT' ? `(NOT ${operand})` : `(${expression.operator}${operand})`;
}

/** Operators between two operands. */
export function emitBinary(expression: Of<'binary'>, emission: Emission): string {
	const isFloat = (type: SqlType): boolean => scalarName(type) === 'FLOAT64';
	if (isFloat(emission.analysis.typeOf(expression)) && ['+', '-', '*', '/'].includes(expression.operator)) return emitArithmetic(expression, emission);
	if (isComparison(expression.operator) && isFloat(typeOf(expression.left, emission))) return emitComparison(expression.operator, sideOf(expression.left, emission), sideOf(expression.right, emission));
	const left = emitExpression(expression.left, emission);
	const right = emitExpression(expression.right, emission);
	const leftType = typeOf(expression.left, emission);
	const result = emission.analysis.typeOf(expression);
	switch (expression.operator) {
		case '/': {
			return once([left, right], ([a, b]) => `bq_divide_numeric(${a}, ${b})`);
		}

		case '*': {
			return scalarName(result) === 'NUMERIC' ? `CAST(${left} * ${right} AS DECIMAL(38,9))` : `(${left} * ${right})`;
		}

		case '+':
		case '-': {
			return emitSum(expression.operator, left, right, leftType, result);
		}

		case '||': {
			return `(${left} || ${right})`;
		}

		case '<<':
		case '>>': {
			return `${expression.operator === '<<' ? 'bq_shift_left' : 'bq_shift_right'}(${left}, ${right})`;
		}

		case '^': {
			return `xor(${left}, ${right})`;
		}

		case '=':
		case '!=': {
			return leftType.kind === 'struct' ? structEquality(expression.operator, left, right, leftType) : `(${left} ${expression.operator} ${right})`;
		}

		default: {
			return `(${left} ${expression.operator} ${right})`;
		}
	}
}

/** DuckDB takes two NULL fields for equal; BigQuery compares field by field, and a NULL field makes the answer NULL unless another differs. */
function structEquality(operator: '=' | '!=', left: string, right: string, type: Extract<SqlType, {kind: 'struct'}>): string {
	return once([left, right], ([a, b]) => `(${operator === '=' ? '' : 'NOT '}${fieldsEqual(a!, b!, type)})`);
}

function fieldsEqual(left: string, right: string, type: Extract<SqlType, {kind: 'struct'}>): string {
	const tests = type.fields.map((field, index) => {
		const name = quoteName(fieldName(field.name, index));
		const [a, b] = [`(${left}).${name}`, `(${right}).${name}`];
		const side = (text: string) => ({text, mayBeNan: scalarName(field.type) === 'FLOAT64', isNeverNull: false});
		return field.type.kind === 'struct' ? fieldsEqual(a, b, field.type) : emitComparison('=', side(a), side(b));
	});
	return `(${tests.join(' AND ')})`;
}

function isComparison(operator: string): operator is Comparison {
	return ['=', '!=', '<', '<=', '>', '>='].includes(operator);
}

function emitSum(operator: '+' | '-', left: string, right: string, leftType: SqlType, result: SqlType): string {
	const text = `(${left} ${operator} ${right})`;
	switch (scalarName(result)) {
		case 'DATE': {
			return scalarName(leftType) === 'DATE' ? `(${left} ${operator} CAST(${right} AS INTEGER))` : `(${right} + CAST(${left} AS INTEGER))`;
		}

		case 'NUMERIC':
		case 'INT64':
		case 'DATETIME':
		case 'TIMESTAMP': {
			return `CAST(${text} AS ${duckType(result)})`;
		}

		default: {
			return text;
		}
	}
}
