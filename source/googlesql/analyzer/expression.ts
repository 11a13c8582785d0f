// Types of expressions, and the coercions they need.
import type {Expression} from '../syntax/expression.js';
import type {TypeNode} from '../syntax/types.js';
import {anyType, arrayOf, costOf, isIdentical, scalar, typeText, type Candidate, type Literalness} from '../type-rules.js';
import type {SqlType} from '../types.js';
import {resolveCall} from './call.js';
import {arrayLiteral, caseExpression, cast, extract, inQuery, inUnnest, likeOperands, parameter, structLiteral, subscript, systemVariable} from './construct.js';
import {checkLiteral} from './literal.js';
import {resolveBinary, resolveComparison} from './operator.js';
import {fieldStep, resolvePath} from './path.js';
import {analyzeQuery} from './query.js';
import {within, type Scope} from './scope.js';
import type {Session} from './session.js';

/** Where an expression stands: what it may contain. */
export type Frame = {
	readonly scope: Scope;
	/** Scope of the arguments of window functions: without the aliases of the select list. */
	readonly argumentScope?: Scope;
	/** Scope of the arguments of aggregates: neither, and it knows the aliases that hold aggregates. */
	readonly aggregateScope?: Scope;
	/** 'WHERE clause', for messages. */
	readonly clause: string;
	readonly allowsAggregate: boolean;
	readonly allowsAnalytic: boolean;
	/** The aggregate call whose arguments these are. */
	readonly aggregate?: {readonly span: {readonly start: number}};
	readonly windows?: ReadonlyMap<string, import('../syntax/query.js').NamedWindow>;
	/** Told of what the expression contains. */
	readonly usage?: {hasAggregate: boolean; hasAnalytic: boolean};
};

export const plainFrame = (scope: Scope, clause: string): Frame => ({scope, clause, allowsAggregate: false, allowsAnalytic: false});

/** Analyzes an expression and records its type. */
export function analyze(session: Session, expression: Expression, frame: Frame): Candidate {
	const result = typed(session, expression, frame);
	session.types.set(expression, result.literalness === 'null' ? scalar('INT64') : result.type);
	return result;
}

/** Coerces an analyzed expression; `refuse` words the error when that can't be. */
export function coerce(session: Session, expression: Expression, candidate: Candidate, target: SqlType, refuse: () => Error): void {
	if (costOf(candidate, target) === undefined) throw refuse();
	if (target.kind === 'any') return;
	if (candidate.fields !== undefined && expression.kind === 'struct' && target.kind === 'struct') {
		// A constructor becomes what its surroundings ask for field by field, and takes their names: [STRUCT(1 AS a), STRUCT(2)].
		for (const [index, {value}] of expression.fields.entries()) coerce(session, value, candidate.fields[index]!, target.fields[index]!.type, refuse);
		session.types.set(expression, target);
	} else if (candidate.literalness === 'null' || candidate.literalness === 'empty-array') session.types.set(expression, target);
	else if (!isIdentical(candidate.type, target)) {
		session.coercions.set(expression, target);
		checkLiteral(session, expression, target);
	}
}

/** Analyzes an expression that must be BOOL. */
export function analyzeCondition(session: Session, expression: Expression, frame: Frame): void {
	const candidate = analyze(session, expression, frame);
	coerce(session, expression, candidate, scalar('BOOL'), () => session.error(expression, `${frame.clause} should return type BOOL, but returns ${typeText(candidate.type)}`));
}

/** The SqlType of a written type. */
export function resolveType(session: Session, node: TypeNode): SqlType {
	const type = convertType(session, node);
	session.typeNodes.set(node, type);
	return type;
}

function convertType(session: Session, node: TypeNode): SqlType {
	switch (node.kind) {
		case 'scalar-type': {
			return scalar(node.name);
		}

		case 'array-type': {
			const element = resolveType(session, node.element);
			if (element.kind === 'array') throw session.error(node, 'Arrays of arrays are not supported');
			return arrayOf(element);
		}

		case 'struct-type': {
			return {kind: 'struct', fields: node.fields.map(field => ({name: field.name?.name, type: resolveType(session, field.type)}))};
		}

		case 'any-type': {
			return anyType;
		}

		default: {
			throw session.error(node, 'RANGE types are not supported by the embedded warehouse');
		}
	}
}

const plain = (type: SqlType, literalness: Literalness = 'none'): Candidate => ({type, literalness});

function typed(session: Session, expression: Expression, frame: Frame): Candidate {
	switch (expression.kind) {
		case 'null': {
			return plain(scalar('INT64'), 'null');
		}

		case 'bool': {
			return plain(scalar('BOOL'), 'literal');
		}

		case 'int': {
			if (expression.value > 9_223_372_036_854_775_807n) throw session.error(expression, `Invalid integer literal: ${expression.value}`);
			return plain(scalar('INT64'), 'literal');
		}

		case 'float': {
			return plain(scalar('FLOAT64'), 'literal');
		}

		case 'string': {
			return plain(scalar('STRING'), 'literal');
		}

		case 'bytes': {
			return plain(scalar('BYTES'), 'literal');
		}

		case 'typed-literal': {
			checkLiteral(session, expression, scalar(expression.type));
			return plain(scalar(expression.type));
		}

		case 'range-literal': {
			throw session.error(expression, 'RANGE values are not supported by the embedded warehouse');
		}

		case 'interval': {
			const value = analyze(session, expression.value, frame);
			// A range of parts is written in a string: INTERVAL '1-2' YEAR TO MONTH.
			const target = expression.to === undefined ? 'INT64' : 'STRING';
			coerce(session, expression.value, value, scalar(target), () => session.error(expression.value, `Interval value must be coercible to ${target} type`));

			return plain(scalar('INTERVAL'));
		}

		case 'path-expression': {
			return plain(resolvePath(session, expression, frame.scope));
		}

		case 'field-access': {
			const {type} = analyze(session, expression.object, frame);
			const step = fieldStep(session, type, expression.field);
			session.fields.set(expression, step);
			return plain(step.kind === 'struct-field' ? step.type : scalar('JSON'));
		}

		case 'subscript': {
			return subscript(session, expression, frame);
		}

		case 'parameter': {
			return parameter(session, expression);
		}

		case 'system-variable': {
			return systemVariable(session, expression);
		}

		case 'unary':
		case 'binary': {
			return resolveBinary(session, expression, frame);
		}

		case 'is': {
			const operand = analyze(session, expression.operand, frame);
			if (expression.test !== 'null') coerce(session, expression.operand, operand, scalar('BOOL'), () => session.error(expression, `No matching signature for operator IS ${expression.test.toUpperCase()} for argument types: ${typeText(operand.type)}. Supported signature: (BOOL) IS ${expression.test.toUpperCase()}`));
			return plain(scalar('BOOL'));
		}

		case 'is-distinct': {
			resolveComparison(session, expression, 'IS DISTINCT FROM', [expression.left, expression.right], frame);
			return plain(scalar('BOOL'));
		}

		case 'between': {
			resolveComparison(session, expression, 'BETWEEN', [expression.operand, expression.low, expression.high], frame);
			return plain(scalar('BOOL'));
		}

		case 'in-list': {
			resolveComparison(session, expression, 'IN', [expression.operand, ...expression.values], frame);
			return plain(scalar('BOOL'));
		}

		case 'in-query': {
			inQuery(session, expression, frame);
			return plain(scalar('BOOL'));
		}

		case 'in-unnest': {
			inUnnest(session, expression, frame);
			return plain(scalar('BOOL'));
		}

		case 'like': {
			likeOperands(session, expression, [expression.operand, expression.pattern], frame);
			return plain(scalar('BOOL'));
		}

		case 'quantified-like': {
			likeOperands(session, expression, [expression.operand, ...(expression.patterns ?? [])], frame);
			if (expression.array !== undefined) {
				const array = analyze(session, expression.array, frame);
				coerce(session, expression.array, array, arrayOf(scalar('STRING')), () => session.error(expression, `No matching signature for operator LIKE ${expression.quantifier.toUpperCase()} for argument types: STRING, ${typeText(array.type)}`));
			}

			return plain(scalar('BOOL'));
		}

		case 'case': {
			return caseExpression(session, expression, frame);
		}

		case 'cast': {
			return cast(session, expression, frame);
		}

		case 'extract': {
			return extract(session, expression, frame);
		}

		case 'array': {
			return arrayLiteral(session, expression, frame);
		}

		case 'struct': {
			return structLiteral(session, expression, frame);
		}

		case 'scalar-subquery': {
			const {columns, valueType} = analyzeQuery(session, expression.query, frame.scope);
			if (valueType === undefined && columns.length !== 1) throw session.error(expression, 'Scalar subquery cannot have more than one column unless using SELECT AS STRUCT to build STRUCT values');
			return plain(valueType ?? columns[0]!.type);
		}

		case 'array-subquery': {
			const {columns, valueType} = analyzeQuery(session, expression.query, frame.scope);
			if (valueType === undefined && columns.length !== 1) throw session.error(expression, 'ARRAY subquery cannot have more than one column unless using SELECT AS STRUCT to build STRUCT values');
			const element = valueType ?? columns[0]!.type;
			if (element.kind === 'array') throw session.error(expression, 'Cannot use array subquery with column of type ' + typeText(element) + ' because nested arrays are not supported');
			return plain(arrayOf(element));
		}

		case 'exists-subquery': {
			analyzeQuery(session, expression.query, frame.scope);
			return plain(scalar('BOOL'));
		}

		case 'function-call': {
			return resolveCall(session, expression, frame);
		}

		case 'default': {
			throw session.error(expression, 'Syntax error: Unexpected keyword DEFAULT');
		}

		case 'with-expression': {
			let {scope} = frame;
			for (const {name, value} of expression.bindings) {
				const {type} = analyze(session, value, {...frame, scope});
				scope = within(scope, {locals: new Map([[name.name.toLowerCase(), {name: name.name, type}]])});
			}

			return plain(analyze(session, expression.body, {...frame, scope}).type);
		}
	}
}
