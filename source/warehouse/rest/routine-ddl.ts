// A routine resource as the DDL that makes it: routines.insert and routines.update are the same change as CREATE in SQL. Pure.
import {z} from 'zod';
import {invalid} from './api-error.js';
import {parseBody} from './query-request.js';

type TypeInput = {readonly typeKind: string; readonly arrayElementType?: TypeInput | null | undefined; readonly structType?: {readonly fields?: ReadonlyArray<{readonly name?: string | null | undefined; readonly type: TypeInput}> | undefined} | null | undefined};

const typeInput: z.ZodType<TypeInput> = z.lazy(() => z.object({
	typeKind: z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'a StandardSqlDataType, as in {"typeKind": "INT64"}'), arrayElementType: typeInput.nullish(),
	structType: z.object({fields: z.array(z.object({name: z.string().nullish(), type: typeInput})).optional()}).nullish(),
}));

const routineInput = z.object({
	routineReference: z.object({projectId: z.string().nullish(), datasetId: z.string().nullish(), routineId: z.string().regex(/^\w{1,256}$/, 'letters, digits and underscores, at most 256')}),
	routineType: z.enum(['SCALAR_FUNCTION', 'TABLE_VALUED_FUNCTION', 'PROCEDURE']),
	language: z.string().nullish(),
	definitionBody: z.string().min(1),
	arguments: z.array(z.object({name: z.string(), argumentKind: z.string().nullish(), mode: z.enum(['IN', 'OUT', 'INOUT', 'MODE_UNSPECIFIED']).nullish(), dataType: typeInput.nullish()})).nullish(),
	returnType: typeInput.nullish(),
	returnTableType: z.object({columns: z.array(z.object({name: z.string(), type: typeInput})).optional()}).nullish(),
	description: z.string().nullish(),
});

const quoted = (name: string): string => `\`${name.replaceAll('`', '')}\``;

const typeText = (type: TypeInput): string => {
	if (type.typeKind === 'ARRAY' && type.arrayElementType) {
		return `ARRAY<${typeText(type.arrayElementType)}>`;
	}

	if (type.typeKind === 'STRUCT') {
		return `STRUCT<${(type.structType?.fields ?? []).map(field => `${field.name ? `${quoted(field.name)} ` : ''}${typeText(field.type)}`).join(', ')}>`;
	}

	return type.typeKind;
};

const stringText = (text: string): string => `"""${text.replaceAll('\\', String.raw`\\`).replaceAll('"', String.raw`\"`)}"""`;

/**
 * The CREATE statement of a routine resource.
 * @param dataset - quoted into the name; the resource must agree with it.
 * @throws ApiError 400 naming the field.
 */
export const routineDdl = (body: unknown, project: string, dataset: string, isReplacement: boolean): {readonly routine: string; readonly sql: string} => {
	const input = parseBody(routineInput, body);
	if (input.language !== null && input.language !== undefined && input.language !== 'SQL') {
		throw invalid(`Language ${input.language} is not supported by the embedded warehouse; only SQL is.`, 'language');
	}

	const {routineId} = input.routineReference;
	const isProcedure = input.routineType === 'PROCEDURE';
	const arguments_ = (input.arguments ?? []).map(({name, argumentKind, mode, dataType}) => {
		const type = argumentKind === 'ANY_TYPE' ? 'ANY TYPE' : (dataType ? typeText(dataType) : undefined);
		if (type === undefined) {
			throw invalid(`Argument ${name} has no dataType.`, 'arguments');
		}

		return `${isProcedure && mode && mode !== 'MODE_UNSPECIFIED' ? `${mode} ` : ''}${quoted(name)} ${type}`;
	});
	const word = {SCALAR_FUNCTION: 'FUNCTION', TABLE_VALUED_FUNCTION: 'TABLE FUNCTION', PROCEDURE: 'PROCEDURE'}[input.routineType];
	const columns = input.returnTableType?.columns ?? [];
	const returns = input.routineType === 'SCALAR_FUNCTION' && input.returnType
		? ` RETURNS ${typeText(input.returnType)}`
		: (input.routineType === 'TABLE_VALUED_FUNCTION' && columns.length > 0 ? ` RETURNS TABLE<${columns.map(column => `${quoted(column.name)} ${typeText(column.type)}`).join(', ')}>` : '');
	const options = input.description ? ` OPTIONS (description = ${stringText(input.description)})` : '';
	const head = `CREATE ${isReplacement ? 'OR REPLACE ' : ''}${word} \`${project}.${dataset}.${routineId}\`(${arguments_.join(', ')})${returns}`;
	return {routine: routineId, sql: isProcedure ? `${head}${options}\n${input.definitionBody}` : `${head}${input.routineType === 'SCALAR_FUNCTION' ? '' : options} AS (\n${input.definitionBody}\n)${input.routineType === 'SCALAR_FUNCTION' ? options : ''}`};
};
