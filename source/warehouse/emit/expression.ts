// Expressions. Parenthesised where DuckDB's precedence could differ; casts that BigQuery makes silently are written out.
import type {Expression, SqlType} from '../../googlesql/index.js';
import {emitCall} from './call.js';
import {emitCast} from './cast.js';
import type {Emission} from './context.js';
import {emitExtract, emitInterval} from './date.js';
import {duckType, fieldName, isSameType, quoteName, quoteText} from './duck-type.js';
import {literalText} from './literal.js';
import {holdsQuery} from './not-here.js';
import {emitBetween, emitBinary, emitCase, emitInList, emitInQuery, emitInUnnest, emitLike, emitQuantifiedLike, emitUnary} from './operator.js';
import {emitQuery} from './query.js';
import {emitReference, emitSteps, emitSubscript} from './reference.js';

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
			return emitReference(emission.analysis.referenceOf(expression), emission);
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
			return emitUnary(expression, emission);
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
			return emitBetween(expression, emission);
		}

		case 'in-list': {
			return emitInList(expression, emission);
		}

		case 'in-query': {
			return emitInQuery(expression, emission);
		}

		case 'in-unnest': {
			return emitInUnnest(expression, emission);
		}

		case 'like': {
			return emitLike(expression, emission);
		}

		case 'quantified-like': {
			return emitQuantifiedLike(expression, emission);
		}

		case 'case': {
			return emitCase(expression, emission);
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

function timestampLiteral(text: string, emission: Emission): string {
	const zone = emission.systemVariable(['time_zone']).cell;
	return zone === 'UTC' ? `bq_text_to_timestamp(${text})` : `bq_text_to_timestamp_in(${text}, ${quoteText(String(zone))})`;
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
