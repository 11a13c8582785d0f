// Types of expressions, and the coercions they need.
import type {DatePart, Expression} from '../syntax/expression.js';
import type {TypeNode} from '../syntax/types.js';
import {anyType, arrayOf, canCast, coercionCost, isEqualable, isEquivalent, scalar, supertypeOf, typeText, type Candidate, type Literalness} from '../type-rules.js';
import type {SqlType} from '../types.js';
import {resolveCall} from './call.js';
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
	if (coercionCost(candidate.type, target, candidate.literalness) === undefined) throw refuse();
	if (target.kind === 'any') return;
	if (candidate.literalness === 'null' || candidate.literalness === 'empty-array') session.types.set(expression, target);
	else if (!isEquivalent(candidate.type, target)) {
		session.coercions.set(expression, target);
		checkLiteral(session, expression, target);
	} else if (expression.kind === 'struct' && expression.type === undefined) {
		// A constructor without names takes those of its surroundings: [STRUCT(1 AS a), STRUCT(2)].
		session.types.set(expression, target);
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
			if (expression.test !== 'null') coerce(session, expression.operand, operand, scalar('BOOL'), () => session.error(expression, `No matching signature for operator IS ${expression.test.toUpperCase()} for argument types: ${typeText(operand.type)}`));
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
			if (expression.array !== undefined) analyze(session, expression.array, frame);
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

type Of<K extends Expression['kind']> = Extract<Expression, {kind: K}>;

function subscript(session: Session, expression: Of<'subscript'>, frame: Frame): Candidate {
	const object = analyze(session, expression.object, frame);
	const index = analyze(session, expression.index, frame);
	if (object.type.kind === 'scalar' && object.type.name === 'JSON' && expression.accessor === 'plain') {
		if (index.type.kind !== 'scalar' || (index.type.name !== 'INT64' && index.type.name !== 'STRING')) throw session.error(expression.index, `Subscript access using [INT64] or [STRING] is not supported on values of type JSON with ${typeText(index.type)}`);
		return plain(scalar('JSON'));
	}

	if (object.type.kind === 'any') return plain(anyType);
	if (object.type.kind !== 'array') throw session.error(expression, `Subscript access using [${typeText(index.type)}] is not supported on values of type ${typeText(object.type)}`);
	coerce(session, expression.index, index, scalar('INT64'), () => session.error(expression.index, `Array position in [] must be coercible to INT64 type, but has type ${typeText(index.type)}`));
	return plain(object.type.element);
}

function parameter(session: Session, expression: Of<'parameter'>): Candidate {
	const {named, positional} = session.options.parameters ?? {named: new Map<string, SqlType>(), positional: []};
	const {name, position} = expression;
	const type = name === undefined ? positional[position ?? 0] : (named.get(name) ?? [...named].find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1]);
	if (type !== undefined) return plain(type, type.kind === 'scalar' && type.name === 'STRING' ? 'parameter' : 'none');
	throw session.error(expression, name === undefined ? `Query parameter number ${(position ?? 0) + 1} is not defined` : `Query parameter '${name}' not found`);
}

const systemVariables: Readonly<Record<string, 'STRING' | 'INT64' | 'TIMESTAMP' | 'BOOL'>> = {
	'error.message': 'STRING', 'error.statement_text': 'STRING', 'error.formatted_stack_trace': 'STRING', row_count: 'INT64', project_id: 'STRING', dataset_id: 'STRING',
	dataset_project_id: 'STRING', time_zone: 'STRING', query_label: 'STRING', location: 'STRING', 'script.job_id': 'STRING', 'script.bytes_processed': 'INT64',
	'script.bytes_billed': 'INT64', 'script.slot_ms': 'INT64', 'script.num_child_jobs': 'INT64', 'script.creation_time': 'TIMESTAMP', last_job_id: 'STRING', session_id: 'STRING',
	transaction_id: 'STRING', current_job_id: 'STRING',
};

/** Type of a system variable; undefined when there is none of that name. */
export function systemVariableType(names: readonly string[]): SqlType | undefined {
	const type = systemVariables[names.join('.').toLowerCase()];
	return type === undefined ? undefined : scalar(type);
}

function systemVariable(session: Session, expression: Of<'system-variable'>): Candidate {
	if (expression.names.join('.').toLowerCase() === 'error.stack_trace') {
		return plain(arrayOf({kind: 'struct', fields: [{name: 'line', type: scalar('INT64')}, {name: 'column', type: scalar('INT64')}, {name: 'filename', type: scalar('STRING')}, {name: 'location', type: scalar('STRING')}]}));
	}

	const type = systemVariableType(expression.names);
	if (type === undefined) throw session.error(expression, `Unrecognized name: @@${expression.names.join('.')}`);
	return plain(type);
}

function inQuery(session: Session, expression: Of<'in-query'>, frame: Frame): void {
	const operand = analyze(session, expression.operand, frame);
	const {columns, valueType} = analyzeQuery(session, expression.query, frame.scope);
	if (columns.length !== 1 && valueType === undefined) throw session.error(expression.query, `Subquery of type IN must have only one output column`);
	const right = valueType ?? columns[0]!.type;
	const common = supertypeOf([operand, {type: right, literalness: 'none'}]);
	if (common === undefined || !isEqualable(common)) throw session.error(expression, `Cannot execute IN subquery with uncomparable types ${typeText(operand.type)} and ${typeText(right)}`);
	coerce(session, expression.operand, operand, common, () => session.error(expression, `Cannot execute IN subquery with uncomparable types ${typeText(operand.type)} and ${typeText(right)}`));
}

function inUnnest(session: Session, expression: Of<'in-unnest'>, frame: Frame): void {
	const operand = analyze(session, expression.operand, frame);
	const array = analyze(session, expression.array, frame);
	if (array.type.kind === 'any' || array.literalness === 'null' || array.literalness === 'empty-array') return;
	if (array.type.kind !== 'array') throw session.error(expression.array, 'Second argument of IN UNNEST must be an array but was ' + typeText(array.type));
	const common = supertypeOf([operand, {type: array.type.element, literalness: array.literalness}]);
	const refuse = () => session.error(expression, `No matching signature for operator IN UNNEST for argument types: ${typeText(operand.type)}, ${typeText(array.type)}`);
	if (common === undefined) throw refuse();
	coerce(session, expression.operand, operand, common, refuse);
	if (!isEquivalent(array.type.element, common)) session.coercions.set(expression.array, arrayOf(common));
}

function likeOperands(session: Session, expression: Expression, operands: readonly Expression[], frame: Frame): void {
	const candidates = operands.map(operand => analyze(session, operand, frame));
	const isBytes = candidates.some(({type}) => type.kind === 'scalar' && type.name === 'BYTES');
	for (const [index, candidate] of candidates.entries()) {
		coerce(session, operands[index]!, candidate, scalar(isBytes ? 'BYTES' : 'STRING'), () => session.error(expression, `No matching signature for operator LIKE for argument types: ${candidates.map(({type}) => typeText(type)).join(', ')}`));
	}
}

function caseExpression(session: Session, expression: Of<'case'>, frame: Frame): Candidate {
	if (expression.operand === undefined) {
		for (const {when} of expression.branches) {
			const candidate = analyze(session, when, frame);
			coerce(session, when, candidate, scalar('BOOL'), () => session.error(when, `No matching signature for operator CASE; all WHEN argument types must be BOOL but found: ${typeText(candidate.type)}`));
		}
	} else {
		resolveComparison(session, expression, 'CASE', [expression.operand, ...expression.branches.map(({when}) => when)], frame);
	}

	const results = [...expression.branches.map(({then}) => then), ...(expression.otherwise === undefined ? [] : [expression.otherwise])];
	return unify(session, results, frame, types => session.error(expression, `No matching signature for operator CASE; all THEN/ELSE arguments must be coercible to a common type but found: ${types}`));
}

/** Analyzes values that must share a type and coerces each to it. */
export function unify(session: Session, values: readonly Expression[], frame: Frame, refuse: (types: string) => Error): Candidate {
	const candidates = values.map(value => analyze(session, value, frame));
	const common = supertypeOf(candidates);
	const failure = () => refuse([...new Set(candidates.map(({type}) => typeText(type)))].join(', '));
	if (common === undefined) throw failure();
	for (const [index, value] of values.entries()) coerce(session, value, candidates[index]!, common, failure);
	return plain(common, candidates.every(({literalness}) => literalness === 'null') ? 'null' : 'none');
}

function cast(session: Session, expression: Of<'cast'>, frame: Frame): Candidate {
	const operand = analyze(session, expression.operand, frame);
	const target = resolveType(session, expression.type);
	for (const extra of [expression.format, expression.timeZone]) {
		if (extra !== undefined) {
			const candidate = analyze(session, extra, frame);
			coerce(session, extra, candidate, scalar('STRING'), () => session.error(extra, `CAST FORMAT must be a STRING, but has type ${typeText(candidate.type)}`));
		}
	}

	const isFormatted = expression.format !== undefined && target.kind === 'scalar' && (target.name === 'STRING' || target.name === 'BYTES' || operand.type.kind === 'scalar');
	if (operand.literalness !== 'null' && operand.literalness !== 'empty-array' && !isFormatted && !canCast(operand.type, target)) {
		throw session.error(expression.operand, `Invalid cast from ${typeText(operand.type)} to ${typeText(target)}`);
	}

	if (operand.literalness === 'null' || operand.literalness === 'empty-array') session.types.set(expression.operand, target);
	return plain(target);
}

const dateParts = new Set(['YEAR', 'QUARTER', 'MONTH', 'WEEK', 'ISOWEEK', 'ISOYEAR', 'DAY', 'DAYOFWEEK', 'DAYOFYEAR']);
const timeParts = new Set(['HOUR', 'MINUTE', 'SECOND', 'MILLISECOND', 'MICROSECOND']);

function extract(session: Session, expression: Of<'extract'>, frame: Frame): Candidate {
	const {type} = analyze(session, expression.source, frame);
	if (expression.timeZone !== undefined) {
		const zone = analyze(session, expression.timeZone, frame);
		coerce(session, expression.timeZone, zone, scalar('STRING'), () => session.error(expression.timeZone!, `EXTRACT's AT TIME ZONE must be a STRING`));
	}

	const {part} = expression.part;
	const name = type.kind === 'scalar' ? type.name : 'ARRAY';
	if ((part === 'DATE' || part === 'TIME' || part === 'DATETIME') && (name === 'TIMESTAMP' || name === 'DATETIME')) return plain(scalar(part));
	if (!dateParts.has(part) && !timeParts.has(part)) throw session.error(expression.part, `A valid date part name is required but found ${part}`);
	const fits = type.kind === 'any' || name === 'TIMESTAMP' || name === 'DATETIME' || (name === 'DATE' && dateParts.has(part)) || (name === 'TIME' && timeParts.has(part)) || name === 'INTERVAL';
	if (!fits) {
		const isDateOrTime = name === 'DATE' || name === 'TIME';
		throw session.error(expression, isDateOrTime ? `EXTRACT from ${name} does not support the ${part} date part` : `EXTRACT does not support arguments of type: ${typeText(type)}`);
	}

	if (expression.timeZone !== undefined && name !== 'TIMESTAMP' && type.kind !== 'any') throw session.error(expression, `EXTRACT from ${name} does not support AT TIME ZONE`);
	return plain(scalar('INT64'));
}

function arrayLiteral(session: Session, expression: Of<'array'>, frame: Frame): Candidate {
	const candidates = expression.elements.map(element => analyze(session, element, frame));
	const declared = expression.elementType === undefined ? undefined : resolveType(session, expression.elementType);
	if (declared === undefined && candidates.length === 0) return plain(arrayOf(scalar('INT64')), 'empty-array');
	const common = declared ?? supertypeOf(candidates);
	if (common === undefined) throw session.error(expression, `Array elements of types {${[...new Set(candidates.map(({type}) => typeText(type)))].join(', ')}} do not have a common supertype`);
	if (common.kind === 'array') throw session.error(expression, `Cannot construct array with element type ${typeText(common)} because nested arrays are not supported`);
	for (const [index, element] of expression.elements.entries()) {
		const candidate = candidates[index]!;
		coerce(session, element, candidate, common, () => session.error(element, `Array element type ${typeText(candidate.type)} does not coerce to ${typeText(common)}`));
	}

	const isLiteral = declared === undefined && candidates.every(({literalness}) => literalness !== 'none');
	return plain(arrayOf(common), isLiteral ? 'literal' : 'none');
}

function structLiteral(session: Session, expression: Of<'struct'>, frame: Frame): Candidate {
	const candidates = expression.fields.map(({value}) => analyze(session, value, frame));
	if (expression.type !== undefined) {
		const type = resolveType(session, expression.type);
		if (type.kind !== 'struct' || type.fields.length !== candidates.length) throw session.error(expression, `STRUCT type has ${type.kind === 'struct' ? type.fields.length : 0} fields but constructor call has ${candidates.length} fields`);
		for (const [index, {value}] of expression.fields.entries()) {
			const target = type.fields[index]!.type;
			const candidate = candidates[index]!;
			coerce(session, value, candidate, target, () => session.error(value, `Struct field ${index + 1} has type ${typeText(candidate.type)} which does not coerce to ${typeText(target)}`));
		}

		return plain(type);
	}

	const fields = expression.fields.map(({value, alias}, index) => {
		const implied = !expression.isTuple && value.kind === 'path-expression' ? value.names.at(-1)!.name : !expression.isTuple && value.kind === 'field-access' ? value.field.name : undefined;
		return {name: alias?.name ?? implied, type: candidates[index]!.type};
	});
	const isLiteral = candidates.every(({literalness}) => literalness !== 'none');
	return plain({kind: 'struct', fields}, isLiteral ? 'literal' : 'none');
}

export type {DatePart};
