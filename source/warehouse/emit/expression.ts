// Expressions. Parenthesised where DuckDB's precedence could differ; casts that BigQuery makes silently are written out.
import type {Expression, FieldStep, PathExpression, Reference, Source, SqlType} from '../../googlesql/index.js';
import {emitCast} from './cast.js';
import type {Emission} from './context.js';
import {emitExtract, emitInterval} from './date.js';
import {duckType, fieldName, isSameType, quoteName, quoteText, scalarName} from './duck-type.js';
import {emitCall} from './call.js';
import {emitArithmetic, emitComparison, mayBeNan, sideOf, type Comparison} from './float.js';
import {literalText} from './literal.js';
import {holdsQuery} from './not-here.js';
import {once} from './once.js';
import {emitExpandedColumn, emitQuery, uniqueNames} from './query.js';

/** DuckDB text of an expression, with its implicit coercion. */
export function emitExpression(expression: Expression, emission: Emission): string {
	const text = emitPlain(expression, emission);
	const target = emission.analysis.coercionOf(expression);
	if (target === undefined) {
		return text;
	}

	return expression.kind === 'null' ? `CAST(NULL AS ${duckType(target)})` : emitCast(text, emission.analysis.typeOf(expression), target, false);
}

/** Type after implicit coercion. */
export function typeOf(expression: Expression, emission: Emission): SqlType {
	return emission.analysis.coercionOf(expression) ?? emission.analysis.typeOf(expression);
}

function emitPlain(expression: Expression, emission: Emission): string {
	const emit = (part: Expression): string => emitExpression(part, emission);
	switch (expression.kind) {
		case 'null': {
			return `CAST(NULL AS ${duckType(emission.analysis.typeOf(expression))})`;
		}

		case 'bool': {
			return expression.value ? 'TRUE' : 'FALSE';
		}

		case 'int': {
			return `CAST(${expression.value} AS BIGINT)`;
		}

		case 'float': {
			return `CAST('${expression.value}' AS DOUBLE)`;
		}

		case 'string': {
			return `CAST(${quoteText(expression.value)} AS VARCHAR)`;
		}

		case 'bytes': {
			return `from_base64('${Buffer.from(expression.value).toString('base64')}')`;
		}

		case 'typed-literal': {
			const type: SqlType = {kind: 'scalar', name: expression.type};
			const text = `CAST(${quoteText(expression.value)} AS VARCHAR)`;
			return expression.type === 'JSON' ? `CAST(${text} AS JSON)` : expression.type === 'TIMESTAMP' ? timestampLiteral(text, emission) : emitCast(text, {kind: 'scalar', name: 'STRING'}, type, false);
		}

		case 'interval': {
			return emitInterval(expression, emission);
		}

		case 'path-expression': {
			return emitPath(expression, emission);
		}

		case 'field-access': {
			return emitSteps(`(${emit(expression.object)})`, [emission.analysis.fieldOf(expression)]);
		}

		case 'subscript': {
			return emitSubscript(expression, emission);
		}

		case 'parameter': {
			const value = emission.parameter(expression.name, expression.position);
			return literalText(value.cell, value.type);
		}

		case 'system-variable': {
			const value = emission.systemVariable(expression.names);
			return literalText(value.cell, value.type);
		}

		case 'unary': {
			if (expression.operator === '-' && expression.operand.kind === 'int' && scalarName(typeOf(expression.operand, emission)) === 'INT64') return `CAST(${-expression.operand.value} AS BIGINT)`;
			return expression.operator === 'NOT' ? `(NOT ${emit(expression.operand)})` : `(${expression.operator}${emit(expression.operand)})`;
		}

		case 'binary': {
			return emitBinary(expression, emission);
		}

		case 'is': {
			const word = expression.test === 'unknown' ? 'NULL' : expression.test.toUpperCase();
			return `(${emit(expression.operand)} IS ${expression.isNegated ? 'NOT ' : ''}${word})`;
		}

		case 'is-distinct': {
			return `(${emit(expression.left)} IS ${expression.isNegated ? 'NOT ' : ''}DISTINCT FROM ${emit(expression.right)})`;
		}

		case 'between': {
			if (mayBeNan(expression.low, emission) || mayBeNan(expression.high, emission)) {
				const side = sideOf(expression.operand, emission);
				return `(${negation(expression)}(${emitComparison('>=', side, sideOf(expression.low, emission))} AND ${emitComparison('<=', side, sideOf(expression.high, emission))}))`;
			}

			return `(${emit(expression.operand)} ${negation(expression)}BETWEEN ${emit(expression.low)} AND ${emit(expression.high)})`;
		}

		case 'in-list': {
			const type = typeOf(expression.operand, emission);
			if (type.kind === 'struct') {
				return `(${negation(expression)}(${expression.values.map(value => structEquality('=', emit(expression.operand), emit(value), type)).join(' OR ')}))`;
			}

			if (mayBeNan(expression.operand, emission) && expression.values.some(value => mayBeNan(value, emission))) {
				return `(${negation(expression)}(${expression.values.map(value => emitComparison('=', sideOf(expression.operand, emission), sideOf(value, emission))).join(' OR ')}))`;
			}

			return `(${emit(expression.operand)} ${negation(expression)}IN (${expression.values.map(value => emit(value)).join(', ')}))`;
		}

		case 'in-query': {
			const query = emitQuery(expression.query, emission);
			// NaN is in no set: DuckDB would find it.
			const sought = mayBeNan(expression.operand, emission) ? `SELECT v FROM (${query}) AS o(v) WHERE isnan(v) IS NOT TRUE` : query;
			return `(${emit(expression.operand)} ${negation(expression)}IN (${sought}))`;
		}

		case 'in-unnest': {
			const array = emit(expression.array);
			const sought = mayBeNan(expression.operand, emission) ? `list_filter(${array}, lambda n: isnan(n) IS NOT TRUE)` : array;
			return `(${expression.isNegated ? 'NOT ' : ''}bq_in(${emit(expression.operand)}, ${sought}))`;
		}

		case 'like': {
			return `(${emit(expression.operand)} ${negation(expression)}LIKE ${emit(expression.pattern)} ESCAPE '\\')`;
		}

		case 'quantified-like': {
			return emitQuantifiedLike(expression, emission);
		}

		case 'case': {
			const compared = expression.operand !== undefined && mayBeNan(expression.operand, emission) && expression.branches.some(branch => mayBeNan(branch.when, emission)) ? sideOf(expression.operand, emission) : undefined;
			const operand = expression.operand === undefined || compared !== undefined ? '' : ` ${emit(expression.operand)}`;
			const branches = expression.branches.map(branch => `WHEN ${compared === undefined ? emit(branch.when) : emitComparison('=', compared, sideOf(branch.when, emission))} THEN ${emit(branch.then)}`);
			return `(CASE${operand} ${branches.join(' ')}${expression.otherwise === undefined ? '' : ` ELSE ${emit(expression.otherwise)}`} END)`;
		}

		case 'cast': {
			return emitExplicitCast(expression, emission);
		}

		case 'extract': {
			return emitExtract(expression, emission);
		}

		case 'array': {
			return expression.elements.length === 0
				? `CAST([] AS ${duckType(emission.analysis.typeOf(expression))})`
				: `[${expression.elements.map(element => emit(element)).join(', ')}]`;
		}

		case 'struct': {
			return emitStruct(expression, emission);
		}

		case 'scalar-subquery': {
			return `(${emitQuery(expression.query, emission)})`;
		}

		case 'array-subquery': {
			return `coalesce(ARRAY(${emitQuery(expression.query, emission)}), CAST([] AS ${duckType(emission.analysis.typeOf(expression))}))`;
		}

		case 'exists-subquery': {
			return `EXISTS(${emitQuery(expression.query, emission)})`;
		}

		case 'function-call': {
			return emitCall(expression, emission);
		}

		case 'with-expression': {
			let inner = emission;
			for (const binding of expression.bindings) {
				const text = `(${emitExpression(binding.value, inner)})`;
				inner = {...inner, locals: new Map([...inner.locals, [binding.name.name.toLowerCase(), text]])};
			}

			return `(${emitExpression(expression.body, inner)})`;
		}

		default: {
			throw emission.analysis.refuse(expression, `The embedded warehouse does not have the expression ${expression.kind.replaceAll('-', ' ')}`);
		}
	}
}

function negation(expression: {readonly isNegated: boolean}): string {
	return expression.isNegated ? 'NOT ' : '';
}

function timestampLiteral(text: string, emission: Emission): string {
	const zone = emission.systemVariable(['time_zone']).cell;
	return zone === 'UTC' ? `bq_text_to_timestamp(${text})` : `bq_text_to_timestamp_in(${text}, ${quoteText(String(zone))})`;
}

function emitPath(path: PathExpression, emission: Emission): string {
	return emitReference(emission.analysis.referenceOf(path), emission);
}

/** DuckDB text of what a name means. */
export function emitReference(reference: Reference, emission: Emission): string {
	return emitSteps(emitBase(reference, emission), reference.fields);
}

function emitBase(reference: Reference, emission: Emission): string {
	switch (reference.kind) {
		case 'column': {
			const {source, column, index} = reference;
			const replaced = emission.columnText?.(source, column);
			if (replaced !== undefined) {
				return replaced;
			}

			const alias = emission.aliases.of(source);
			return source.valueType?.kind === 'struct' ? `${alias}."value".${quoteName(column)}` : `${alias}.${quoteName(columnName(source, column, index))}`;
		}

		case 'row': {
			const {source} = reference;
			const alias = emission.aliases.of(source);
			if (source.valueType !== undefined) {
				return `${alias}."value"`;
			}

			return `struct_pack(${source.columns.map((column, index) => `${quoteName(fieldName(column.name, index))} := ${alias}.${quoteName(columnName(source, column.name, index))}`).join(', ')})`;
		}

		case 'offset': {
			return `${emission.aliases.of(reference.source)}."offset"`;
		}

		case 'using-column': {
			const left = emitReference(reference.left, emission);
			const right = emitReference(reference.right, emission);
			return reference.join.type === 'full' ? `coalesce(${left}, ${right})` : reference.join.type === 'right' ? right : left;
		}

		case 'select-alias': {
			return reference.item.kind === 'expanded-column' ? emitExpandedColumn(reference.item, emission) : `(${emitExpression(reference.item, emission)})`;
		}

		case 'output-column': {
			return quoteName(reference.column);
		}

		case 'variable': {
			const value = emission.variable(reference.name);
			return literalText(value.cell, value.type);
		}

		case 'argument': {
			return emission.arguments.get(reference.name.toLowerCase()) ?? failName(reference.name);
		}

		case 'local': {
			return emission.locals.get(reference.name.toLowerCase()) ?? failName(reference.name);
		}
	}
}

/** The name that a column of a source has in DuckDB: no two are the same, and none is empty. */
function columnName({columns}: Source, column: string, index: number | undefined): string {
	const isAlone = column !== '' && columns.every((other, place) => place === index || other.name.toLowerCase() !== column.toLowerCase());
	return index === undefined || isAlone ? column : uniqueNames(columns.map(({name}) => (name === '' ? undefined : name)))[index]!;
}

function failName(name: string): never {
	throw new Error(`The name ${name} has no value here.`);
}

/** Steps into STRUCT fields and JSON members. */
export function emitSteps(text: string, steps: readonly FieldStep[]): string {
	let result = text;
	for (const step of steps) {
		result = step.kind === 'struct-field' ? `(${result}).${quoteName(fieldName(step.name, step.index))}` : `json_extract(${result}, ${quoteText(`$."${step.name}"`)})`;
	}

	return result;
}

function emitSubscript(expression: Extract<Expression, {kind: 'subscript'}>, emission: Emission): string {
	const object = emitExpression(expression.object, emission);
	const index = emitExpression(expression.index, emission);
	if (scalarName(typeOf(expression.object, emission)) === 'JSON') {
		return scalarName(typeOf(expression.index, emission)) === 'INT64'
			? `json_extract(${object}, '$[' || CAST(${index} AS VARCHAR) || ']')`
			: `json_extract(${object}, '$."' || ${index} || '"')`;
	}

	const macro = {plain: 'bq_offset', offset: 'bq_offset', ordinal: 'bq_ordinal', 'safe-offset': 'bq_safe_offset', 'safe-ordinal': 'bq_safe_ordinal'}[expression.accessor];
	return `${macro}(${object}, ${index})`;
}

function emitBinary(expression: Extract<Expression, {kind: 'binary'}>, emission: Emission): string {
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

function emitQuantifiedLike(expression: Extract<Expression, {kind: 'quantified-like'}>, emission: Emission): string {
	const operand = emitExpression(expression.operand, emission);
	if (expression.array !== undefined) {
		const test = `list_transform(${emitExpression(expression.array, emission)}, lambda p: ${operand} LIKE p)`;
		return `(${negation(expression)}${expression.quantifier === 'any' ? 'list_bool_or' : 'list_bool_and'}(${test}))`;
	}

	const tests = (expression.patterns ?? []).map(pattern => `${operand} ${negation(expression)}LIKE ${emitExpression(pattern, emission)}`);
	return `(${tests.join(expression.quantifier === 'any' ? ' OR ' : ' AND ')})`;
}

function emitExplicitCast(expression: Extract<Expression, {kind: 'cast'}>, emission: Emission): string {
	const to = emission.analysis.typeOfNode(expression.type);
	const from = typeOf(expression.operand, emission);
	if (expression.operand.kind === 'null') {
		return `CAST(NULL AS ${duckType(to)})`;
	}

	const operand = emitExpression(expression.operand, emission);
	if (expression.operand.kind === 'array' && expression.operand.elements.length === 0) {
		return `CAST([] AS ${duckType(to)})`;
	}

	if (expression.isSafe && holdsQuery(operand)) {
		throw emission.analysis.refuse(expression, 'The embedded warehouse does not have SAFE_CAST of a sub-query');
	}

	return emitCast(operand, from, to, expression.isSafe);
}

function emitStruct(expression: Extract<Expression, {kind: 'struct'}>, emission: Emission): string {
	const type = emission.analysis.coercionOf(expression) ?? emission.analysis.typeOf(expression);
	const own = emission.analysis.typeOf(expression);
	const fields = expression.fields.map((field, index) => {
		const declared = own.kind === 'struct' ? own.fields[index] : undefined;
		const text = emitExpression(field.value, emission);
		const from = typeOf(field.value, emission);
		const value = declared === undefined || isSameType(from, declared.type) ? text : emitCast(text, from, declared.type, false);
		return `${quoteName(fieldName(declared?.name, index))} := ${value}`;
	});
	return type.kind === 'struct' && fields.length === 0 ? `struct_pack(_empty := NULL)` : `struct_pack(${fields.join(', ')})`;
}
