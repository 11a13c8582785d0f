// Table schemas between GoogleSQL types and REST's TableFieldSchema, which keeps the legacy names (INTEGER, FLOAT, RECORD).
import {z} from 'zod';
import type {Column, ScalarTypeName, SqlType} from '../../googlesql/types.js';
import {invalid} from './api-error.js';

export type RestField = {
	readonly name: string;
	readonly type: string;
	readonly mode: 'NULLABLE' | 'REQUIRED' | 'REPEATED';
	readonly fields?: readonly RestField[];
	readonly defaultValueExpression?: string;
};

const legacyNames: Readonly<Partial<Record<ScalarTypeName, string>>> = {INT64: 'INTEGER', FLOAT64: 'FLOAT', BOOL: 'BOOLEAN'};

const standardNames: Readonly<Record<string, ScalarTypeName>> = {
	INTEGER: 'INT64', INT64: 'INT64', INT: 'INT64', FLOAT: 'FLOAT64', FLOAT64: 'FLOAT64', BOOLEAN: 'BOOL', BOOL: 'BOOL',
	NUMERIC: 'NUMERIC', DECIMAL: 'NUMERIC', BIGNUMERIC: 'BIGNUMERIC', STRING: 'STRING', BYTES: 'BYTES', DATE: 'DATE',
	DATETIME: 'DATETIME', TIME: 'TIME', TIMESTAMP: 'TIMESTAMP', INTERVAL: 'INTERVAL', JSON: 'JSON', GEOGRAPHY: 'GEOGRAPHY',
};

/**
 * The scalar type of a REST or SQL type name.
 * @throws ApiError 400 for a name that is no type.
 */
export const scalarTypeOf = (name: string): ScalarTypeName => {
	const found = standardNames[name.toUpperCase()];
	if (found === undefined) {
		throw invalid(`Invalid value for type: ${name} is not a valid value`);
	}

	return found;
};

const fieldOf = (name: string, type: SqlType, mode: RestField['mode']): RestField => {
	switch (type.kind) {
		case 'array': {
			return fieldOf(name, type.element, 'REPEATED');
		}

		case 'struct': {
			return {name, type: 'RECORD', mode, fields: type.fields.map((field, index) => fieldOf(field.name ?? `_field_${index + 1}`, field.type, 'NULLABLE'))};
		}

		case 'scalar': {
			return {name, type: legacyNames[type.name] ?? type.name, mode};
		}

		case 'any': {
			// An untyped NULL column is INT64 in BigQuery.
			return {name, type: 'INTEGER', mode};
		}
	}
};

/** @param defaults - default expressions by column. */
export const toRestFields = (columns: readonly Column[], defaults: Readonly<Record<string, string>> = {}): readonly RestField[] =>
	columns.map((column, index) => {
		const field = fieldOf(column.name === '' ? `f${index}_` : column.name, column.type, column.isRequired ? 'REQUIRED' : 'NULLABLE');
		const text = defaults[column.name];
		return text === undefined ? field : {...field, defaultValueExpression: text};
	});

type FieldInput = {readonly name: string; readonly type: string; readonly mode?: string | null | undefined; readonly fields?: readonly FieldInput[] | undefined; readonly defaultValueExpression?: string | null | undefined};

export const fieldInput: z.ZodType<FieldInput> = z.lazy(() =>
	z.object({name: z.string().min(1), type: z.string().min(1), mode: z.string().nullish(), fields: z.array(fieldInput).optional(), defaultValueExpression: z.string().min(1).nullish()}),
);

/** Columns of a REST schema. */
export const fromRestFields = (fields: readonly FieldInput[]): readonly Column[] =>
	fields.map(field => {
		const upper = field.type.toUpperCase();
		const single: SqlType = upper === 'RECORD' || upper === 'STRUCT'
			? {kind: 'struct', fields: fromRestFields(field.fields ?? []).map(({name, type}) => ({name, type}))}
			: {kind: 'scalar', name: scalarTypeOf(field.type)};
		const mode = field.mode?.toUpperCase();
		return {name: field.name, type: mode === 'REPEATED' ? {kind: 'array', element: single} : single, ...(mode === 'REQUIRED' ? {isRequired: true} : {})};
	});

/** Default expressions of a REST schema, by column. */
export const defaultsOfFields = (fields: readonly FieldInput[]): Readonly<Record<string, string>> =>
	Object.fromEntries(fields.flatMap(({name, defaultValueExpression: text}) => (text === null || text === undefined ? [] : [[name, text]])));

type StandardType = {readonly typeKind: string; readonly arrayElementType?: StandardType; readonly structType?: {readonly fields: ReadonlyArray<{readonly name?: string; readonly type: StandardType}>}};

/** A type as routines show it (StandardSqlDataType). */
export const toStandardType = (type: SqlType): StandardType => {
	switch (type.kind) {
		case 'scalar': {
			return {typeKind: type.name};
		}

		case 'array': {
			return {typeKind: 'ARRAY', arrayElementType: toStandardType(type.element)};
		}

		case 'struct': {
			return {typeKind: 'STRUCT', structType: {fields: type.fields.map(field => ({...(field.name === undefined ? {} : {name: field.name}), type: toStandardType(field.type)}))}};
		}

		case 'any': {
			return {typeKind: 'TYPE_KIND_UNSPECIFIED'};
		}
	}
};
