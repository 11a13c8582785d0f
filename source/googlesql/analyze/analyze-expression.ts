// Expressions: every node gets its type; where GoogleSQL converts silently, the node is marked.
import type {ResolvedFunction} from '../analysis.js';
import type {RoutineEntry} from '../catalog.js';
import type {Argument, BinaryExpression, Expression, FunctionCall, Subscript} from '../syntax/expression.js';
import type {Span} from '../syntax/name.js';
import type {OrderItem, WindowSpecification} from '../syntax/query.js';
import type {SqlType} from '../types.js';
import {analyzeQuery} from './analyze-query.js';
import {plainPlace, resolvePathExpression, stepInto, suggest, type Context, type Place, type Scope} from './context.js';
import {builtinNames, describeSignatures, findBuiltin, matchSignature, type ArgumentKind, type Builtin} from './signatures.js';
import {anyType, bool, coercionCost, float64, int64, isSame, scalar, string, supertype, typeName, type Operand} from './type-rules.js';

/** Analyzes and notes an expression. */
export function analyzeExpression(context: Context, scope: Scope, expression: Expression, place: Place): SqlType {
	const type = typeOfExpression(context, scope, expression, place);
	context.notes.types.set(expression, type);
	return type;
}

export function isLiteral(expression: Expression): boolean {
	switch (expression.kind) {
		case 'null':
		case 'bool':
		case 'int':
		case 'float':
		case 'string':
		case 'parameter': {
			return true;
		}

		case 'unary': {
			return expression.operator !== 'NOT' && isLiteral(expression.operand);
		}

		case 'array': {
			return expression.elementType === undefined && expression.elements.every(element => isLiteral(element));
		}

		case 'struct': {
			return expression.type === undefined && expression.fields.every(field => isLiteral(field.value));
		}

		default: {
			return false;
		}
	}
}

export const operandOf = (context: Context, expression: Expression): Operand => ({type: context.notes.types.get(expression), isLiteral: isLiteral(expression)});

/** Notes that an analyzed expression becomes another type; the caller has checked that it can. */
export function convert(context: Context, expression: Expression, target: SqlType): void {
	const type = context.notes.types.get(expression);
	if (target.kind === 'any') {
		if (type.kind === 'any') context.notes.types.set(expression, int64);
		return;
	}

	if (type.kind === 'any' || (type.kind === 'array' && type.element.kind === 'any')) {
		context.notes.types.set(expression, target);
		return;
	}

	if (!isSame(type, target)) {
		context.notes.coercions.set(expression, target);
	} else if (expression.kind === 'struct') {
		// A constructor without names takes those of its surroundings: [STRUCT(1 AS a), STRUCT(2)].
		context.notes.types.set(expression, target);
	}
}

/** Analyzes an expression that has to be of a type. */
export function analyzeAs(context: Context, scope: Scope, expression: Expression, target: SqlType, place: Place, refuse: (type: string) => string): void {
	analyzeExpression(context, scope, expression, place);
	const operand = operandOf(context, expression);
	if (coercionCost(operand, target) === undefined) throw context.fail(expression.span, refuse(typeName(operand.type)));
	convert(context, expression, target);
}

const clauseBool = (clause: string) => (type: string): string => `${clause} should return type BOOL, but returns ${type}`;

/** WHERE, HAVING, ON, QUALIFY. */
export function analyzeCondition(context: Context, scope: Scope, expression: Expression, place: Place): void {
	analyzeAs(context, scope, expression, bool, place, clauseBool(place.clause));
}

function unify(context: Context, expressions: readonly Expression[], span: Span, refuse: (types: string) => string): SqlType {
	const operands = expressions.map(expression => operandOf(context, expression));
	const common = supertype(operands);
	if (common === undefined) throw context.fail(span, refuse(operands.map(({type}) => typeName(type)).join(', ')));
	const target = common.kind === 'any' ? int64 : common;
	for (const expression of expressions) convert(context, expression, target);
	return target;
}

const noMatch = (operator: string, types: string, supported: string): string => `No matching signature for operator ${operator} for argument types: ${types}. ${supported}`;

function compareAll(context: Context, expressions: readonly Expression[], span: Span, operator: string): void {
	unify(context, expressions, span, types => noMatch(operator, types, operator === 'IN' ? 'Supported signature: ANY IN (ANY, ...)' : `Supported signature: ANY ${operator} ANY`));
}

function typeOfExpression(context: Context, scope: Scope, expression: Expression, place: Place): SqlType {
	const analyze = (part: Expression): SqlType => analyzeExpression(context, scope, part, place);
	switch (expression.kind) {
		case 'null': {
			return anyType;
		}

		case 'bool': {
			return bool;
		}

		case 'int': {
			return int64;
		}

		case 'float': {
			return float64;
		}

		case 'string': {
			return string;
		}

		case 'bytes': {
			return scalar('BYTES');
		}

		case 'typed-literal': {
			return scalar(expression.type);
		}

		case 'range-literal': {
			throw context.fail(expression.span, 'RANGE types are not supported by the embedded warehouse');
		}

		case 'interval': {
			analyzeExpression(context, scope, expression.value, place);
			return scalar('INTERVAL');
		}

		case 'path-expression': {
			const reference = resolvePathExpression(context, scope, expression);
			context.notes.references.set(expression, reference);
			return reference.type;
		}

		case 'field-access': {
			const object = analyze(expression.object);
			const {fields, type} = stepInto(context, object, [expression.field]);
			context.notes.fields.set(expression, fields[0]!);
			return type;
		}

		case 'subscript': {
			return typeOfSubscript(context, scope, expression, place);
		}

		case 'parameter': {
			const {parameters} = context.options;
			const type = expression.name === undefined ? parameters?.positional[expression.position ?? 0] : [...(parameters?.named ?? [])].find(([name]) => name.toLowerCase() === expression.name?.toLowerCase())?.[1];
			if (type === undefined) throw context.fail(expression.span, expression.name === undefined ? 'Query parameter number ' + String((expression.position ?? 0) + 1) + ' is not defined' : `Query parameter '${expression.name}' not found`);
			return type;
		}

		case 'system-variable': {
			const name = expression.names.join('.').toLowerCase();
			if (name === 'row_count') return int64;
			if (name === 'error.stack_trace') return {kind: 'array', element: {kind: 'struct', fields: [{name: 'line', type: int64}, {name: 'column', type: int64}, {name: 'filename', type: string}, {name: 'location', type: string}]}};
			if (['error.message', 'error.statement_text', 'error.formatted_stack_trace', 'script.job_id', 'project_id', 'dataset_id', 'dataset_project_id', 'time_zone', 'session_user'].includes(name)) return string;
			throw context.fail(expression.span, `Unrecognized name: @@${expression.names.join('.')}`);
		}

		case 'unary': {
			const type = analyze(expression.operand);
			if (expression.operator === 'NOT') {
				if (coercionCost({type, isLiteral: false}, bool) === undefined) throw context.fail(expression.span, noMatch('NOT', typeName(type), 'Supported signature: NOT (BOOL)'));
				convert(context, expression.operand, bool);
				return bool;
			}

			return type.kind === 'any' ? int64 : type;
		}

		case 'binary': {
			return typeOfBinary(context, scope, expression, place);
		}

		case 'is': {
			const type = analyze(expression.operand);
			if (expression.test !== 'null' && coercionCost({type, isLiteral: false}, bool) === undefined) throw context.fail(expression.span, noMatch(`IS ${expression.test.toUpperCase()}`, typeName(type), 'Supported signature: BOOL IS TRUE'));
			if (type.kind === 'any') convert(context, expression.operand, bool);
			return bool;
		}

		case 'is-distinct': {
			analyze(expression.left);
			analyze(expression.right);
			compareAll(context, [expression.left, expression.right], expression.span, 'IS DISTINCT FROM');
			return bool;
		}

		case 'between': {
			const parts = [expression.operand, expression.low, expression.high];
			for (const part of parts) analyze(part);
			unify(context, parts, expression.span, types => noMatch('BETWEEN', types, 'Supported signature: (ANY) BETWEEN (ANY) AND (ANY)'));
			return bool;
		}

		case 'in-list': {
			const parts = [expression.operand, ...expression.values];
			for (const part of parts) analyze(part);
			compareAll(context, parts, expression.span, 'IN');
			return bool;
		}

		case 'in-query': {
			const operand = analyze(expression.operand);
			const {columns} = analyzeQuery(context, {...scope, locals: scope.locals}, expression.query);
			if (columns.length !== 1) throw context.fail(expression.query.span, `Subquery of type IN must have only one output column`);
			if (supertype([{type: operand, isLiteral: isLiteral(expression.operand)}, {type: columns[0]!.type, isLiteral: false}]) === undefined) throw context.fail(expression.span, `Cannot execute IN subquery with uncomparable types ${typeName(operand)} and ${typeName(columns[0]!.type)}`);
			convert(context, expression.operand, columns[0]!.type);
			return bool;
		}

		case 'in-unnest': {
			const operand = analyze(expression.operand);
			const array = analyze(expression.array);
			if (array.kind !== 'array' && array.kind !== 'any') throw context.fail(expression.array.span, `Second argument of IN UNNEST must be an array but was ${typeName(array)}`);
			if (array.kind === 'array' && supertype([{type: operand, isLiteral: isLiteral(expression.operand)}, {type: array.element, isLiteral: false}]) === undefined) throw context.fail(expression.span, noMatch('IN UNNEST', `${typeName(operand)}, ${typeName(array)}`, 'Supported signature: ANY IN UNNEST(ARRAY<ANY>)'));
			if (array.kind === 'array') convert(context, expression.operand, array.element);
			return bool;
		}

		case 'like': {
			analyze(expression.operand);
			analyze(expression.pattern);
			for (const part of [expression.operand, expression.pattern]) requireText(context, part, expression.span, 'LIKE');
			return bool;
		}

		case 'quantified-like': {
			analyze(expression.operand);
			requireText(context, expression.operand, expression.span, 'LIKE');
			for (const pattern of expression.patterns ?? []) analyze(pattern);
			if (expression.array !== undefined) analyze(expression.array);
			return bool;
		}

		case 'case': {
			const conditions = expression.branches.map(branch => branch.when);
			if (expression.operand === undefined) {
				for (const condition of conditions) analyzeAs(context, scope, condition, bool, place, type => `CASE condition must be of type BOOL, but was ${type}`);
			} else {
				for (const part of [expression.operand, ...conditions]) analyze(part);
				compareAll(context, [expression.operand, ...conditions], expression.span, '=');
			}

			const results = [...expression.branches.map(branch => branch.then), ...(expression.otherwise === undefined ? [] : [expression.otherwise])];
			for (const result of results) analyze(result);
			return unify(context, results, expression.span, types => noMatch('CASE', types, 'All result expressions must have a common supertype'));
		}

		case 'cast': {
			analyze(expression.operand);
			const target = context.typeOfNode(expression.type);
			if (expression.format !== undefined) analyzeAs(context, scope, expression.format, string, place, type => `FORMAT must be a STRING, but was ${type}`);
			if (expression.timeZone !== undefined) analyzeAs(context, scope, expression.timeZone, string, place, type => `AT TIME ZONE must be a STRING, but was ${type}`);
			if (context.notes.types.get(expression.operand).kind === 'any') context.notes.types.set(expression.operand, target);
			assertCastable(context, context.notes.types.get(expression.operand), target, expression.span);
			return target;
		}

		case 'extract': {
			const source = analyze(expression.source);
			if (expression.timeZone !== undefined) analyzeAs(context, scope, expression.timeZone, string, place, type => `AT TIME ZONE must be a STRING, but was ${type}`);
			if (source.kind !== 'scalar' || !['DATE', 'DATETIME', 'TIME', 'TIMESTAMP', 'INTERVAL'].includes(source.name)) throw context.fail(expression.span, `EXTRACT does not support arguments of type: ${typeName(source)}`);
			const {part} = expression.part;
			return part === 'DATE' || part === 'DATETIME' || part === 'TIME' ? scalar(part) : int64;
		}

		case 'array': {
			const declared = expression.elementType === undefined ? undefined : context.typeOfNode(expression.elementType);
			for (const element of expression.elements) {
				if (declared === undefined) analyze(element);
				else analyzeAs(context, scope, element, declared, place, type => `Array element type ${type} does not coerce to ${typeName(declared)}`);
			}

			const element = declared ?? (expression.elements.length === 0 ? anyType : unify(context, expression.elements, expression.span, types => `Array elements of types {${types}} do not have a common supertype`));
			if (element.kind === 'array') throw context.fail(expression.span, 'Cannot construct array with element type ARRAY because nested arrays are not supported');
			return {kind: 'array', element};
		}

		case 'struct': {
			const declared = expression.type === undefined ? undefined : context.typeOfNode(expression.type);
			if (declared?.kind === 'struct' && declared.fields.length !== expression.fields.length) throw context.fail(expression.span, `STRUCT type has ${declared.fields.length} fields but constructor call has ${expression.fields.length} fields`);
			const fields = expression.fields.map((field, index) => {
				const target = declared?.kind === 'struct' ? declared.fields[index] : undefined;
				if (target === undefined) {
					const type = analyze(field.value);
					if (type.kind === 'any') context.notes.types.set(field.value, int64);
					return {name: expression.isTuple ? undefined : (field.alias?.name ?? impliedName(field.value)), type: type.kind === 'any' ? int64 : type};
				}

				analyzeAs(context, scope, field.value, target.type, place, type => `Struct field ${index + 1} has type ${type} which does not coerce to ${typeName(target.type)}`);
				return target;
			});
			return {kind: 'struct', fields};
		}

		case 'scalar-subquery': {
			const {columns, valueType} = analyzeQuery(context, scope, expression.query);
			if (valueType !== undefined) return valueType;
			if (columns.length !== 1) throw context.fail(expression.span, 'Scalar subquery cannot have more than one column unless using SELECT AS STRUCT to build STRUCT values');
			return columns[0]!.type;
		}

		case 'array-subquery': {
			const {columns, valueType} = analyzeQuery(context, scope, expression.query);
			if (valueType === undefined && columns.length !== 1) throw context.fail(expression.span, 'ARRAY subquery cannot have more than one column unless using SELECT AS STRUCT to build STRUCT values');
			return {kind: 'array', element: valueType ?? columns[0]!.type};
		}

		case 'exists-subquery': {
			analyzeQuery(context, scope, expression.query);
			return bool;
		}

		case 'function-call': {
			return typeOfCall(context, scope, expression, place);
		}

		case 'default': {
			throw context.fail(expression.span, 'Unexpected keyword DEFAULT');
		}

		case 'with-expression': {
			let inner = scope;
			for (const binding of expression.bindings) {
				const type = analyzeExpression(context, inner, binding.value, place);
				inner = {...inner, locals: new Map([...inner.locals, [binding.name.name.toLowerCase(), type]])};
			}

			return analyzeExpression(context, inner, expression.body, place);
		}
	}
}

/** Name that a select item or struct field takes from its expression. */
export function impliedName(expression: Expression): string | undefined {
	return expression.kind === 'path-expression' ? expression.names.at(-1)?.name : expression.kind === 'field-access' ? expression.field.name : undefined;
}

function requireText(context: Context, expression: Expression, span: Span, operator: string): void {
	const operand = operandOf(context, expression);
	const isText = operand.type.kind === 'any' || (operand.type.kind === 'scalar' && (operand.type.name === 'STRING' || operand.type.name === 'BYTES'));
	if (!isText) throw context.fail(span, noMatch(operator, `${typeName(operand.type)}, STRING`, `Supported signatures: STRING ${operator} STRING; BYTES ${operator} BYTES`));
	convert(context, expression, operand.type.kind === 'any' ? string : operand.type);
}

const castable: Readonly<Record<string, readonly string[]>> = {
	INT64: ['BOOL', 'FLOAT64', 'NUMERIC', 'BIGNUMERIC', 'STRING'], FLOAT64: ['INT64', 'NUMERIC', 'BIGNUMERIC', 'STRING'], NUMERIC: ['INT64', 'FLOAT64', 'BIGNUMERIC', 'STRING'], BIGNUMERIC: ['INT64', 'FLOAT64', 'NUMERIC', 'STRING'],
	BOOL: ['INT64', 'STRING'], STRING: ['INT64', 'FLOAT64', 'NUMERIC', 'BIGNUMERIC', 'BOOL', 'BYTES', 'DATE', 'DATETIME', 'TIME', 'TIMESTAMP', 'INTERVAL'], BYTES: ['STRING'],
	DATE: ['STRING', 'DATETIME', 'TIMESTAMP'], DATETIME: ['STRING', 'DATE', 'TIME', 'TIMESTAMP'], TIME: ['STRING'], TIMESTAMP: ['STRING', 'DATE', 'DATETIME', 'TIME'], INTERVAL: ['STRING'],
};

function assertCastable(context: Context, from: SqlType, to: SqlType, span: Span): void {
	const isPossible = from.kind === 'any' || to.kind === 'any' || isSame(from, to)
		|| (from.kind === 'scalar' && to.kind === 'scalar' && (castable[from.name] ?? []).includes(to.name))
		|| (from.kind === to.kind && from.kind !== 'scalar');
	if (!isPossible) throw context.fail(span, `Invalid cast from ${typeName(from)} to ${typeName(to)}`);
}

function typeOfSubscript(context: Context, scope: Scope, expression: Subscript, place: Place): SqlType {
	const object = analyzeExpression(context, scope, expression.object, place);
	const index = analyzeExpression(context, scope, expression.index, place);
	if (object.kind === 'scalar' && object.name === 'JSON') return object;
	if (object.kind !== 'array') throw context.fail(expression.span, `Element access using [...] is not supported on values of type ${typeName(object)}`);
	if (coercionCost({type: index, isLiteral: false}, int64) === undefined) throw context.fail(expression.index.span, `Array position in [] must be coercible to INT64 type, but has type ${typeName(index)}`);
	convert(context, expression.index, int64);
	return object.element;
}

const isScalar = (type: SqlType, ...names: readonly string[]): boolean => type.kind === 'scalar' && names.includes(type.name);

const arithmeticSupport: Readonly<Record<string, string>> = {
	'+': 'INT64 + INT64; FLOAT64 + FLOAT64; NUMERIC + NUMERIC; DATE + INT64; TIMESTAMP + INTERVAL',
	'-': 'INT64 - INT64; FLOAT64 - FLOAT64; NUMERIC - NUMERIC; DATE - INT64; DATE - DATE; TIMESTAMP - INTERVAL',
	'*': 'INT64 * INT64; FLOAT64 * FLOAT64; NUMERIC * NUMERIC',
	'/': 'FLOAT64 / FLOAT64; NUMERIC / NUMERIC',
};

function typeOfBinary(context: Context, scope: Scope, expression: BinaryExpression, place: Place): SqlType {
	const {operator, left, right, operatorSpan} = expression;
	const leftType = analyzeExpression(context, scope, left, place);
	const rightType = analyzeExpression(context, scope, right, place);
	const types = `${typeName(leftType)}, ${typeName(rightType)}`;
	const operands = [operandOf(context, left), operandOf(context, right)];
	switch (operator) {
		case 'AND':
		case 'OR': {
			if (operands.some(operand => coercionCost(operand, bool) === undefined)) throw context.fail(operatorSpan, noMatch(operator, types, `Supported signature: BOOL ${operator} (BOOL, ...)`));
			convert(context, left, bool);
			convert(context, right, bool);
			return bool;
		}

		case '=':
		case '!=':
		case '<':
		case '<=':
		case '>':
		case '>=': {
			compareAll(context, [left, right], operatorSpan, operator);
			if (isScalar(context.notes.types.get(left), 'JSON')) throw context.fail(operatorSpan, `Equality is not defined for arguments of type JSON`);
			return bool;
		}

		case '||': {
			if (leftType.kind === 'array' || rightType.kind === 'array') return unify(context, [left, right], operatorSpan, () => noMatch('||', types, 'Supported signatures: STRING || STRING; BYTES || BYTES; ARRAY<T> || ARRAY<T>'));
			for (const part of [left, right]) requireText(context, part, operatorSpan, '||');
			return context.notes.types.get(left).kind === 'any' ? string : context.notes.types.get(left);
		}

		case '&':
		case '|':
		case '^':
		case '<<':
		case '>>': {
			if (operands.some(operand => coercionCost(operand, int64) === undefined)) throw context.fail(operatorSpan, noMatch(operator, types, `Supported signature: INT64 ${operator} INT64`));
			convert(context, left, int64);
			convert(context, right, int64);
			return int64;
		}

		default: {
			return typeOfArithmetic(context, expression, operands as [Operand, Operand], types);
		}
	}
}

function typeOfArithmetic(context: Context, {operator, left, right, operatorSpan}: BinaryExpression, operands: readonly [Operand, Operand], types: string): SqlType {
	const [{type: a}, {type: b}] = operands;
	if (operator === '+' || operator === '-') {
		if (isScalar(a, 'DATE') && isScalar(b, 'INT64')) return a;
		if (operator === '+' && isScalar(a, 'INT64') && isScalar(b, 'DATE')) return b;
		if (isScalar(b, 'INTERVAL') && isScalar(a, 'DATE')) return scalar('DATETIME');
		if (isScalar(b, 'INTERVAL') && isScalar(a, 'DATETIME', 'TIMESTAMP', 'INTERVAL')) return a;
		if (operator === '+' && isScalar(a, 'INTERVAL') && isScalar(b, 'DATETIME', 'TIMESTAMP')) return b;
		if (operator === '-' && isScalar(a, 'DATE', 'DATETIME', 'TIMESTAMP', 'TIME') && isSame(a, b)) return scalar('INTERVAL');
	}

	const candidates = operator === '/' ? [scalar('NUMERIC'), scalar('BIGNUMERIC'), float64] : [int64, scalar('NUMERIC'), scalar('BIGNUMERIC'), float64];
	const isExact = operands.some(({type}) => isScalar(type, 'NUMERIC', 'BIGNUMERIC'));
	for (const candidate of candidates) {
		const isNumeric = isScalar(candidate, 'NUMERIC', 'BIGNUMERIC');
		if ((!isNumeric || isExact) && operands.every(operand => coercionCost(operand, candidate) !== undefined)) {
			convert(context, left, candidate);
			convert(context, right, candidate);
			return candidate;
		}
	}

	throw context.fail(operatorSpan, noMatch(operator, types, `Supported signatures: ${arithmeticSupport[operator] ?? ''}`));
}

const valueOf = (argument: Argument): Expression | undefined => (argument.kind === 'date-part' || argument.kind === 'lambda' ? undefined : argument.kind === 'named-argument' ? argument.value : argument);

function typeOfCall(context: Context, scope: Scope, call: FunctionCall, place: Place): SqlType {
	const parts = call.function.parts.map(part => part.name);
	const builtin = parts.length === 1 && !call.function.parts[0]!.isQuoted ? findBuiltin(parts[0]!) : undefined;
	if (builtin !== undefined) return typeOfBuiltin(context, scope, call, builtin, place);
	const routine = context.options.catalog.findRoutine(parts, 'function');
	if (routine === undefined) {
		const name = parts.join('.');
		throw context.fail(call.function.span, `Function not found: ${name}${parts.length === 1 ? suggest(name, builtinNames()) : ''}`);
	}

	return typeOfRoutine(context, scope, call, routine, place);
}

function typeOfRoutine(context: Context, scope: Scope, call: FunctionCall, routine: RoutineEntry, place: Place): SqlType {
	context.routines.set(`${routine.kind}:${routine.path.join('.')}`, routine);
	const values = call.arguments.map(argument => valueOf(argument));
	const name = routine.path.join('.');
	if (values.length !== routine.arguments.length) throw context.fail(call.span, `Number of arguments does not match for function ${name}. Supported signature: ${name}(${routine.arguments.map(argument => (argument.type === undefined ? 'ANY' : typeName(argument.type))).join(', ')})`);
	const argumentTypes = values.map((value, index) => {
		if (value === undefined) throw context.fail(call.span, `Argument ${index + 1} of function ${name} must be a value`);
		analyzeExpression(context, scope, value, place);
		const target = routine.arguments[index]!.type;
		const operand = operandOf(context, value);
		if (target === undefined) return operand.type;
		if (coercionCost(operand, target) === undefined) throw context.fail(call.span, `No matching signature for function ${name} for argument types: ${values.map(item => (item === undefined ? '' : typeName(context.notes.types.find(item) ?? anyType))).join(', ')}. Supported signature: ${name}(${routine.arguments.map(argument => (argument.type === undefined ? 'ANY' : typeName(argument.type))).join(', ')})`);
		convert(context, value, target);
		return target;
	});
	const type = routine.returns ?? anyType;
	context.notes.functions.set(call, {kind: 'routine', routine, family: 'scalar', argumentTypes, type});
	return type;
}

function typeOfBuiltin(context: Context, scope: Scope, call: FunctionCall, builtin: Builtin, place: Place): SqlType {
	const isWindow = call.over !== undefined;
	const isAggregate = builtin.family === 'aggregate' && !isWindow;
	if (builtin.family === 'window' && !isWindow) throw context.fail(call.span, `Window function ${builtin.name} cannot be called without an OVER clause`);
	if (builtin.family === 'scalar' && isWindow) throw context.fail(call.span, `${builtin.name} is not an analytic function: OVER is not allowed`);
	if (isAggregate && place.aggregates === 'nested') throw context.fail(call.span, 'Aggregations of aggregations are not allowed');
	if (isAggregate && place.aggregates === 'forbidden') throw context.fail(call.span, `Aggregate function ${builtin.name} not allowed in ${place.clause}`);
	if (isAggregate) place.onAggregate?.();
	const inner: Place = isAggregate ? {aggregates: 'nested', clause: place.clause} : place;
	const values = call.arguments.map(argument => valueOf(argument));
	const kinds = call.arguments.map((argument, index): ArgumentKind => {
		if (argument.kind === 'date-part') return 'part';
		const value = values[index];
		if (value === undefined) throw context.fail(call.span, `Lambda arguments are not supported by the embedded warehouse in ${builtin.name}`);
		analyzeExpression(context, scope, value, inner);
		return operandOf(context, value);
	});
	const match = matchSignature(builtin, kinds);
	if (match === undefined) {
		const types = kinds.map(kind => (kind === 'part' ? 'DATE_TIME_PART' : typeName(kind.type))).join(', ');
		throw context.fail(call.span, types === '' ? `No matching signature for function ${builtin.name} with no arguments. ${describeSignatures(builtin)}` : `No matching signature for function ${builtin.name} for argument types: ${types}. ${describeSignatures(builtin)}`);
	}

	for (const [index, target] of match.targets.entries()) {
		const value = values[index];
		if (value !== undefined && target !== undefined) convert(context, value, target);
	}

	analyzeModifiers(context, scope, call, builtin, inner, values);
	if (call.over !== undefined) analyzeWindow(context, scope, call.over, place);
	const type = match.result.kind === 'any' ? int64 : match.result;
	const resolved: ResolvedFunction = {kind: 'builtin', name: builtin.name, family: isWindow ? 'window' : builtin.family, argumentTypes: match.targets, type};
	context.notes.functions.set(call, resolved);
	return type;
}

function analyzeModifiers(context: Context, scope: Scope, call: FunctionCall, builtin: Builtin, place: Place, values: readonly (Expression | undefined)[]): void {
	if (builtin.family === 'scalar' && (call.isDistinct || call.orderBy.length > 0 || call.limit !== undefined || call.nullHandling !== undefined)) throw context.fail(call.span, `${builtin.name} is not an aggregate function: DISTINCT, ORDER BY, LIMIT and IGNORE NULLS are not allowed`);
	for (const item of call.orderBy) {
		analyzeExpression(context, scope, item.expression, place);
		context.notes.orderings.set(item, {kind: 'expression'});
		const isArgument = values.some(value => value !== undefined && sameText(context, value, item.expression));
		if (call.isDistinct && !isArgument) throw context.fail(item.span, 'An aggregate function that has both DISTINCT and ORDER BY arguments can only ORDER BY expressions that are arguments to the function');
	}

	if (call.having !== undefined) analyzeExpression(context, scope, call.having.expression, place);
	if (call.limit !== undefined) analyzeAs(context, scope, call.limit, int64, place, type => `LIMIT expects an integer literal or parameter, but was ${type}`);
}

const sameText = (context: Context, a: Expression, b: Expression): boolean => {
	const slice = ({span}: Expression): string => context.options.text.slice(span.start, span.end).replaceAll(/\s+/g, '').toLowerCase();
	return slice(a) === slice(b);
};

function analyzeWindow(context: Context, scope: Scope, window: WindowSpecification, place: Place): void {
	const base = window.base === undefined ? undefined : scope.windows?.find(({name}) => name.name.toLowerCase() === window.base!.name.toLowerCase());
	if (window.base !== undefined && base === undefined) throw context.fail(window.base.span, `Unrecognized window alias ${window.base.name}`);
	if (base !== undefined) analyzeWindow(context, scope, base.window, place);
	for (const key of window.partitionBy) analyzeExpression(context, scope, key, place);
	analyzeKeys(context, scope, window.orderBy, place);
	for (const bound of [window.frame?.start, window.frame?.end]) {
		if (bound !== undefined && 'offset' in bound) analyzeExpression(context, scope, bound.offset, plainPlace('window frame'));
	}

	const inherited = base === undefined ? undefined : context.notes.windows.get(base.window);
	context.notes.windows.set(window, {
		partitionBy: window.partitionBy.length > 0 ? window.partitionBy : (inherited?.partitionBy ?? []),
		orderBy: window.orderBy.length > 0 ? window.orderBy : (inherited?.orderBy ?? []),
		frame: window.frame ?? inherited?.frame,
	});
}

function analyzeKeys(context: Context, scope: Scope, items: readonly OrderItem[], place: Place): void {
	for (const item of items) {
		analyzeExpression(context, scope, item.expression, place);
		context.notes.orderings.set(item, {kind: 'expression'});
	}
}
