// FLOAT64 where BigQuery and DuckDB part: arithmetic that overflows is an error, not an infinity, and NaN is equal to nothing,
// below everything in ORDER BY, and what MIN and LEAST give. What cannot happen is not asked: sizes are followed through expressions.
import type {Argument, Expression, FunctionCall} from '../../googlesql/index.js';
import type {Emission} from './context.js';
import {emitCast} from './cast.js';
import {float64, quoteText, scalarName} from './duck-type.js';
import {emitExpression, typeOf} from './expression.js';
import {isNeverNull} from './never-null.js';
import {holdsQuery} from './not-here.js';
import {once} from './once.js';
import {isVolatileText} from './volatile.js';

const largestInt = 2 ** 63;
const largestNumeric = 1e29;
/** Rows that a sum can have. */
const manyRows = 1e15;

/** Whether an operand must be written only once: it is dear, or not the same the second time. */
const isDear = (text: string): boolean => text.length > 300 || holdsQuery(text) || text.includes(' OVER (') || isVolatileText(text);

/** Gives `use` the texts, or names for them when one of them must not be written twice. */
const shared = (texts: readonly string[], use: (names: readonly string[]) => string): string => (texts.some(text => isDear(text)) ? once(texts, use) : use(texts));

const finite = (value: number): number => Math.min(value, Number.MAX_VALUE);

function largest(expressions: readonly (Expression | undefined)[], emission: Emission): number | undefined {
	let result = 0;
	for (const expression of expressions) {
		const size = expression === undefined ? 0 : sizeOf(expression, emission);
		if (size === undefined) return undefined;
		result = Math.max(result, size);
	}

	return result;
}

/** The greatest magnitude that a number can have; undefined when it may be infinite or NaN. */
export function sizeOf(expression: Expression, emission: Emission): number | undefined {
	if (expression.kind === 'null') return 0;
	if (expression.kind === 'int') return Number(expression.value < 0n ? -expression.value : expression.value);
	switch (scalarName(emission.analysis.typeOf(expression))) {
		case 'INT64': {
			return largestInt;
		}

		case 'NUMERIC': {
			return largestNumeric;
		}

		case 'FLOAT64': {
			return sizeOfFloat(expression, emission);
		}

		default: {
			return undefined;
		}
	}
}

function sizeOfFloat(expression: Expression, emission: Emission): number | undefined {
	switch (expression.kind) {
		case 'float': {
			return Number.isFinite(expression.value) ? Math.abs(expression.value) : undefined;
		}

		case 'unary': {
			return sizeOf(expression.operand, emission);
		}

		case 'binary': {
			const left = sizeOf(expression.left, emission);
			const right = sizeOf(expression.right, emission);
			if (left === undefined || right === undefined) return undefined;
			return expression.operator === '*' ? finite(left * right) : expression.operator === '/' ? Number.MAX_VALUE : finite(left + right);
		}

		case 'cast': {
			return expression.isSafe || scalarName(typeOf(expression.operand, emission)) !== 'STRING' ? sizeOf(expression.operand, emission) : undefined;
		}

		case 'case': {
			return largest([...expression.branches.map(({then}) => then), expression.otherwise], emission);
		}

		case 'parameter': {
			return sizeOfCell(emission.parameter(expression.name, expression.position).cell);
		}

		case 'path-expression': {
			const reference = emission.analysis.referenceOf(expression);
			if (reference.fields.length > 0) return undefined;
			if (reference.kind === 'variable') return sizeOfCell(emission.variable(reference.name).cell);
			return reference.kind === 'select-alias' && reference.item.kind !== 'expanded-column' ? sizeOf(reference.item, emission) : undefined;
		}

		case 'function-call': {
			return sizeOfCall(expression, emission);
		}

		default: {
			return undefined;
		}
	}
}

function sizeOfCell(cell: unknown): number | undefined {
	return typeof cell === 'number' ? Math.abs(cell) : cell === null ? 0 : undefined;
}

const isExpression = (argument: Argument): argument is Expression => argument.kind !== 'lambda' && argument.kind !== 'date-part' && argument.kind !== 'named-argument';

function sizeOfCall(call: FunctionCall, emission: Emission): number | undefined {
	const resolved = emission.analysis.functionOf(call);
	const values = call.arguments.filter(argument => isExpression(argument));
	if (resolved.kind !== 'builtin' || values.length !== call.arguments.length) return undefined;
	const all = (): number | undefined => largest(values, emission);
	switch (resolved.name) {
		case 'RAND': {
			return 1;
		}

		case 'PI': {
			return 4;
		}

		case 'IF': {
			return largest(values.slice(1), emission);
		}

		case 'COALESCE':
		case 'IFNULL':
		case 'GREATEST':
		case 'LEAST':
		case 'ABS':
		case 'TRUNC':
		case 'MIN':
		case 'MAX':
		case 'ANY_VALUE':
		case 'AVG': {
			return all();
		}

		case 'NULLIF':
		case 'LAG':
		case 'LEAD':
		case 'FIRST_VALUE':
		case 'LAST_VALUE': {
			return largest([values[0], values[2]], emission);
		}

		case 'ROUND':
		case 'CEIL':
		case 'CEILING':
		case 'FLOOR': {
			const size = sizeOf(values[0]!, emission);
			return size === undefined ? undefined : finite(size * 10);
		}

		case 'SUM': {
			const size = all();
			return size === undefined ? undefined : finite(size * manyRows);
		}

		case 'SIN':
		case 'COS':
		case 'TANH': {
			return all() === undefined ? undefined : 1;
		}

		case 'SAFE_DIVIDE':
		case 'SAFE_ADD':
		case 'SAFE_SUBTRACT':
		case 'SAFE_MULTIPLY':
		case 'SQRT':
		case 'LN':
		case 'LOG':
		case 'LOG10':
		case 'EXP':
		case 'POW':
		case 'POWER': {
			return all() === undefined ? undefined : Number.MAX_VALUE;
		}

		default: {
			return undefined;
		}
	}
}

type Arithmetic = Extract<Expression, {kind: 'binary'}>;

const operators = new Set(['+', '-', '*', '/']);

function isArithmetic(expression: Expression, emission: Emission): expression is Arithmetic {
	return expression.kind === 'binary' && operators.has(expression.operator) && scalarName(emission.analysis.typeOf(expression)) === 'FLOAT64';
}

/** A tree of + - * / as the text of its value over its leaves, and as a program for `bq_float`: leaves by number, operators after their operands. */
type Tree = {readonly text: (leaves: readonly string[]) => string; readonly program: string; readonly size: number; readonly canFail: boolean};

function treeOf(expression: Expression, emission: Emission, leaves: string[]): Tree {
	if (!isArithmetic(expression, emission)) {
		const place = leaves.length;
		const text = emitExpression(expression, emission);
		const type = typeOf(expression, emission);
		leaves.push(scalarName(type) === 'FLOAT64' ? text : emitCast(text, type, float64, false));
		return {text: names => names[place]!, program: String(place), size: sizeOf(expression, emission) ?? Number.MAX_VALUE, canFail: false};
	}

	const {operator} = expression;
	const left = treeOf(expression.left, emission, leaves);
	// Infinity as a divisor would leave no trace in the result: a divisor is looked at by itself.
	const right = operator === '/' && isArithmetic(expression.right, emission) ? leafOf(expression.right, emission, leaves) : treeOf(expression.right, emission, leaves);
	const divisor = literalOf(expression.right);
	const size = operator === '/' ? (divisor === undefined ? Number.POSITIVE_INFINITY : left.size / divisor) : operator === '*' ? left.size * right.size : left.size + right.size;
	return {text: names => `(${left.text(names)} ${operator} ${right.text(names)})`, program: `${left.program} ${right.program} ${operator}`, size: finite(size), canFail: left.canFail || right.canFail || !Number.isFinite(size)};
}

function leafOf(expression: Arithmetic, emission: Emission, leaves: string[]): Tree {
	const place = leaves.length;
	leaves.push(emitArithmetic(expression, emission));
	return {text: names => names[place]!, program: String(place), size: Number.MAX_VALUE, canFail: false};
}

/** Magnitude of a literal that is not zero. */
function literalOf(expression: Expression): number | undefined {
	const value = expression.kind === 'int' ? Number(expression.value) : expression.kind === 'float' ? expression.value : 0;
	return Number.isFinite(value) && value !== 0 ? Math.abs(value) : undefined;
}

/**
 * DuckDB text of + - * / on FLOAT64. Infinity and NaN go through these operators to the end, so only the end is looked at; where it is
 * not finite, `bq_float` goes through the tree again and says which operation overflowed or divided by zero, if one did.
 */
export function emitArithmetic(expression: Arithmetic, emission: Emission): string {
	const leaves: string[] = [];
	const tree = treeOf(expression, emission, leaves);
	if (!tree.canFail) return tree.text(leaves);
	return shared(leaves, names => {
		const value = tree.text(names);
		return `(CASE WHEN NOT isfinite(${value}) THEN bq_float(${quoteText(tree.program)}, [${names.join(', ')}]) ELSE ${value} END)`;
	});
}

/** DuckDB text of one checked operation on two expressions. */
export function emitFloatOperation(operator: '+' | '-' | '*', left: Expression, right: Expression, emission: Emission): string {
	const leaves = [left, right].map(expression => emitCast(emitExpression(expression, emission), typeOf(expression, emission), float64, false));
	return shared(leaves, ([a, b]) => `(CASE WHEN NOT isfinite(${a} ${operator} ${b}) THEN bq_float('0 1 ${operator}', [${a}, ${b}]) ELSE ${a} ${operator} ${b} END)`);
}

type Side = {readonly text: string; readonly mayBeNan: boolean; readonly isNeverNull: boolean};

export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';

/** An operand of a comparison. */
export function sideOf(expression: Expression, emission: Emission): Side {
	return {text: emitExpression(expression, emission), mayBeNan: sizeOf(expression, emission) === undefined, isNeverNull: isNeverNull(expression)};
}

/** Comparison of two FLOAT64: with NaN all are false but !=, and NULL stays NULL. DuckDB has NaN equal to itself and above all others. */
export function emitComparison(operator: Comparison, left: Side, right: Side): string {
	const [low, high] = operator === '<' || operator === '<=' ? [left, right] : [right, left];
	const isAsked = operator === '=' || operator === '!=' ? left.mayBeNan && right.mayBeNan : high.mayBeNan;
	if (!isAsked) return `(${left.text} ${operator} ${right.text})`;
	return shared([left.text, right.text], ([a, b]) => {
		const plain = `${a} ${operator} ${b}`;
		const [lowText, highText] = low === left ? [a, b] : [b, a];
		switch (operator) {
			case '=': {
				return `(${plain} AND NOT isnan(${a} + ${b}))`;
			}

			case '!=': {
				return `(${plain} OR isnan(${a} + ${b}))`;
			}

			case '<':
			case '>': {
				return `(${plain} AND NOT isnan(${low.isNeverNull ? highText : `${a} - ${b}`}))`;
			}

			default: {
				return `(${plain} AND NOT ${low.isNeverNull ? `isnan(${highText})` : `(isnan(${highText}) AND ${lowText} IS NOT NULL)`})`;
			}
		}
	});
}

/** Whether an expression is a FLOAT64 that may be NaN. */
export function mayBeNan(expression: Expression, emission: Emission): boolean {
	return scalarName(typeOf(expression, emission)) === 'FLOAT64' && sizeOf(expression, emission) === undefined;
}

/** LEAST with NaN is NaN, as GREATEST is in both. */
export function emitLeast(texts: readonly string[]): string {
	return `CASE WHEN ${texts.map(text => `isnan(${text})`).join(' OR ')} THEN CAST('nan' AS DOUBLE) ELSE least(${texts.join(', ')}) END`;
}

/** A FLOAT64 as BigQuery writes it in a message: an exponent of two digits from 1e15 and below 1e-4, digits between and where 16 of them say more. */
export function floatText(value: number): string {
	if (!Number.isFinite(value)) {
		return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
	}

	const [digits = '', power = '0'] = value.toExponential().split('e');
	const exponent = Number(power);
	const isPlain = exponent >= -4 && (exponent < 15 || (exponent < 17 && digits.replaceAll(/\D/g, '').length >= 16));
	if (!isPlain) {
		return `${digits}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
	}

	if (Object.is(value, -0)) {
		return '-0';
	}

	// Above 2^53 the digits are those of the number itself, not the fewest that name it.
	return String(Number.isInteger(value) ? BigInt(value) : value);
}

/**
 * Goes through a program of `emitArithmetic` as BigQuery does.
 * @returns its value, or the error of the first operation that overflows or divides by zero.
 */
export function calculate(program: string, leaves: readonly number[]): {readonly value: number} | {readonly error: string} {
	const stack: number[] = [];
	for (const word of program.split(' ')) {
		if (!operators.has(word)) {
			stack.push(leaves[Number(word)]!);
			continue;
		}

		const right = stack.pop()!;
		const left = stack.pop()!;
		const told = `${floatText(left)} ${word} ${floatText(right)}`;
		if (word === '/' && right === 0) return {error: `division by zero: ${told}`};
		const value = word === '+' ? left + right : word === '-' ? left - right : word === '*' ? left * right : left / right;
		if (!Number.isFinite(value) && Number.isFinite(left) && Number.isFinite(right)) return {error: `double overflow: ${told}`};
		stack.push(value);
	}

	return {value: stack[0]!};
}

/**
 * A number rounded half away from zero to 1 to 15 digits after the point, by its exact value: 2.675 is a little less than that, and gives 2.67.
 * DuckDB multiplies first, and that product is rounded already.
 */
export function roundExactly(value: number, digits: number): number {
	// toFixed is exact, and gives the larger of two that are as near.
	return value < 0 ? -Number((-value).toFixed(digits)) : Number(value.toFixed(digits));
}
