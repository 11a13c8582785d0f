// Names, and the fields and elements behind them.
import type {Expression, FieldStep, Reference, Source} from '../../googlesql/index.js';
import type {Emission} from './context.js';
import {fieldName, quoteName, quoteText, scalarName} from './duck-type.js';
import {emitExpression, typeOf} from './expression.js';
import {literalText} from './literal.js';
import {emitExpandedColumn, uniqueNames} from './query.js';

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

/** An element of an ARRAY, or a member of a JSON value. */
export function emitSubscript(expression: Extract<Expression, {kind: 'subscript'}>, emission: Emission): string {
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
