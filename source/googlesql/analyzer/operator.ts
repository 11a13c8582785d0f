// Unary and binary operators, comparisons.
import type {BinaryExpression, Expression, UnaryExpression} from '../syntax/expression.js';
import {anyType, isEqualable, isNumeric, isOrderable, scalar, supertypeOf, typeText, type Candidate} from '../type-rules.js';
import type {ScalarTypeName, SqlType} from '../types.js';
import {analyze, coerce, type Frame} from './expression.js';
import type {Session} from './session.js';

const none = (type: SqlType): Candidate => ({type, literalness: 'none'});
const is = (type: SqlType, ...names: readonly ScalarTypeName[]) => type.kind === 'scalar' && names.includes(type.name);

const ordinary = (operator: string) => ` Supported signature: ANY ${operator} ANY`;

const supported: Readonly<Record<string, string>> = {
	'=': ordinary('='), '!=': ordinary('!='), '<': ordinary('<'), '<=': ordinary('<='), '>': ordinary('>'), '>=': ordinary('>='),
	BETWEEN: ' Supported signature: (ANY) BETWEEN (ANY) AND (ANY)',
	NOT: ' Supported signature: NOT (BOOL)',
	AND: ' Supported signature: BOOL AND ([BOOL, ...])',
	OR: ' Supported signature: BOOL OR ([BOOL, ...])',
};

/** BigQuery points at the operator for IN and BETWEEN, at the start of the expression for the others. */
function placeOf(session: Session, expression: Expression, operator: string): {readonly span: {readonly start: number}} {
	if ((operator !== 'IN' && operator !== 'BETWEEN') || !('operand' in expression) || expression.operand === undefined) return expression;
	const after = session.options.text.slice(expression.operand.span.end).search(new RegExp(`\\b${operator}\\b`, 'i'));
	return after < 0 ? expression : {span: {start: expression.operand.span.end + after}};
}

function mismatch(session: Session, expression: Expression, operator: string, candidates: readonly Candidate[]): Error {
	const types = candidates.map(({type, literalness}) => (literalness === 'null' ? 'NULL' : typeText(type)));
	const given = operator === 'IN' ? ` ${types[0]!} and {${[...new Set(types.slice(1))].join(', ')}}` : `: ${types.join(', ')}`;
	const end = supported[operator] === undefined ? '' : `.${supported[operator]}`;
	return session.error(placeOf(session, expression, operator), `No matching signature for operator ${operator} for argument types${given}${end}`);
}

/** Operators whose operand may be the word NULL. */
const takesNull = new Set(['AND', 'OR', '<<', '>>']);

/** Operators with symbols, AND, OR, NOT. */
export function resolveBinary(session: Session, expression: UnaryExpression | BinaryExpression, frame: Frame): Candidate {
	const operands = expression.kind === 'unary' ? [expression.operand] : [expression.left, expression.right];
	if (!takesNull.has(expression.operator)) {
		for (const operand of operands) if (operand.kind === 'null') throw session.error(operand, `Operands of ${expression.operator} cannot be literal NULL`);
	}

	if (expression.kind === 'unary') return unary(session, expression, frame);
	const {operator, left, right} = expression;
	switch (operator) {
		case 'AND':
		case 'OR': {
			const candidates = [analyze(session, left, frame), analyze(session, right, frame)];
			const refuse = () => mismatch(session, expression, operator, candidates);
			coerce(session, left, candidates[0]!, scalar('BOOL'), refuse);
			coerce(session, right, candidates[1]!, scalar('BOOL'), refuse);
			return none(scalar('BOOL'));
		}

		case '=':
		case '!=':
		case '<':
		case '<=':
		case '>':
		case '>=': {
			resolveComparison(session, expression, operator, [left, right], frame);
			return none(scalar('BOOL'));
		}

		default: {
			return arithmetic(session, expression, frame);
		}
	}
}

function unary(session: Session, expression: UnaryExpression, frame: Frame): Candidate {
	const {operator, operand} = expression;
	if (operator === '-' && operand.kind === 'int' && operand.value === 9_223_372_036_854_775_808n) {
		session.types.set(operand, scalar('INT64'));
		return {type: scalar('INT64'), literalness: 'literal'};
	}

	const candidate = analyze(session, operand, frame);
	const refuse = () => mismatch(session, expression, operator, [candidate]);
	if (operator === 'NOT') {
		coerce(session, operand, candidate, scalar('BOOL'), refuse);
		return none(scalar('BOOL'));
	}

	const {type} = candidate;
	const fits = candidate.literalness === 'null' || type.kind === 'any' || (operator === '~' ? is(type, 'INT64', 'BYTES') : isNumeric(type) || is(type, 'INTERVAL'));
	if (!fits) throw refuse();
	return {type, literalness: candidate.literalness === 'literal' ? 'literal' : 'none'};
}

/** Operands that are compared with each other must have a common type that can be. */
export function resolveComparison(session: Session, expression: Expression, operator: string, operands: readonly Expression[], frame: Frame): void {
	const candidates = operands.map(operand => analyze(session, operand, frame));
	const refuse = () => mismatch(session, expression, operator, candidates);
	const common = supertypeOf(candidates);
	if (common === undefined) throw refuse();
	const needsOrder = ['<', '<=', '>', '>=', 'BETWEEN'].includes(operator);
	if (common.kind !== 'any' && !(needsOrder ? isOrderable(common) : isEqualable(common))) {
		const hasMany = operands.length === 2 && (operator.length <= 2);
		throw hasMany ? session.error(expression, `${names[operator] ?? operator} is not defined for arguments of type ${[...new Set(candidates.map(({type}) => typeText(type)))].join(' and ')}`) : refuse();
	}

	for (const [index, operand] of operands.entries()) coerce(session, operand, candidates[index]!, common, refuse);
}

const names: Readonly<Record<string, string>> = {'=': 'Equality', '!=': 'Inequality', '<': 'Less than', '<=': 'Less than or equal', '>': 'Greater than', '>=': 'Greater than or equal'};

function arithmetic(session: Session, expression: BinaryExpression, frame: Frame): Candidate {
	const {operator, left, right} = expression;
	const candidates = [analyze(session, left, frame), analyze(session, right, frame)] as const;
	const refuse = () => mismatch(session, expression, operator, candidates);
	const [a, b] = candidates;
	if (a.type.kind === 'any' || b.type.kind === 'any') return none(operator === '||' ? (a.type.kind === 'any' ? b.type : a.type) : anyType);
	const temporal = dateArithmetic(operator, a.type, b.type);
	if (temporal !== undefined) return none(temporal);
	const target = operandType(operator, candidates);
	if (target === undefined) throw refuse();
	coerce(session, left, a, target, refuse);
	if (operator === '<<' || operator === '>>') coerce(session, right, b, scalar('INT64'), refuse);
	else coerce(session, right, b, target, refuse);
	return none(target);
}

/** The type both operands are coerced to, which is also the result's. */
function operandType(operator: string, candidates: readonly [Candidate, Candidate]): SqlType | undefined {
	const [left, right] = candidates;
	if (operator === '<<' || operator === '>>') return is(left.type, 'INT64', 'BYTES') ? left.type : undefined;
	const isNull = left.literalness === 'null' && right.literalness === 'null';
	if (operator === '||') {
		if (isNull) return scalar('STRING');
		const common = supertypeOf(candidates);
		return common !== undefined && (common.kind === 'array' || is(common, 'STRING', 'BYTES')) ? common : undefined;
	}

	const common = supertypeOf(candidates);
	if (common === undefined) return undefined;
	if (operator === '&' || operator === '|' || operator === '^') return is(common, 'INT64', 'BYTES') ? common : undefined;
	if (is(common, 'INTERVAL') && (operator === '+' || operator === '-')) return common;
	if (!isNumeric(common)) return undefined;
	return operator === '/' && is(common, 'INT64') ? scalar('FLOAT64') : common;
}

/** DATE + INT64, TIMESTAMP - TIMESTAMP and their kin. */
function dateArithmetic(operator: string, left: SqlType, right: SqlType): SqlType | undefined {
	if (operator === '*' || operator === '/') {
		if (is(left, 'INTERVAL') && is(right, 'INT64')) return left;
		return operator === '*' && is(left, 'INT64') && is(right, 'INTERVAL') ? right : undefined;
	}

	if (operator !== '+' && operator !== '-') return undefined;
	if (is(left, 'DATE') && is(right, 'INT64')) return left;
	if (operator === '+' && is(left, 'INT64') && is(right, 'DATE')) return right;
	const moved = (type: SqlType) => (is(type, 'DATE') ? scalar('DATETIME') : type);
	if (is(left, 'DATE', 'DATETIME', 'TIMESTAMP', 'TIME') && is(right, 'INTERVAL')) return moved(left);
	if (operator === '+' && is(left, 'INTERVAL') && is(right, 'DATE', 'DATETIME', 'TIMESTAMP', 'TIME')) return moved(right);
	const isPair = left.kind === 'scalar' && right.kind === 'scalar' && left.name === right.name;
	if (operator === '-' && isPair && is(left, 'DATE', 'DATETIME', 'TIMESTAMP', 'TIME')) return scalar('INTERVAL');
	return undefined;
}
