// Query parameters of the port in REST's form. The type is a GoogleSQL type name: INT64, ARRAY<STRING>,
// STRUCT<a INT64, b ARRAY<DATE>>.
import {WarehouseError, type QueryParameter} from '../../ports/warehouse.js';

type RestType = {readonly type: string; readonly arrayType?: RestType; readonly structTypes?: ReadonlyArray<{readonly name: string; readonly type: RestType}>};
type RestValue = {readonly value?: string | null; readonly arrayValues?: readonly RestValue[]; readonly structValues?: Readonly<Record<string, RestValue>>};
export type RestParameter = {readonly name: string; readonly parameterType: RestType; readonly parameterValue: RestValue};

const invalidType = (text: string): WarehouseError => new WarehouseError('invalid', `"${text}" is not a parameter type; write INT64, ARRAY<STRING> or STRUCT<name TYPE, ...>.`);

const splitFields = (text: string): readonly string[] => {
	const parts: string[] = [];
	let depth = 0;
	let start = 0;
	for (const [index, character] of [...text].entries()) {
		if (character === '<' || character === '(') {
			depth += 1;
		} else if (character === '>' || character === ')') {
			depth -= 1;
		} else if (character === ',' && depth === 0) {
			parts.push(text.slice(start, index));
			start = index + 1;
		}
	}

	parts.push(text.slice(start));
	return parts.map(part => part.trim()).filter(part => part !== '');
};

/**
 * Parses a type name.
 * @throws WarehouseError 'invalid'.
 */
export const parseParameterType = (text: string): RestType => {
	const trimmed = text.trim();
	const array = /^array\s*<(.*)>$/is.exec(trimmed);
	if (array !== null) {
		return {type: 'ARRAY', arrayType: parseParameterType(array[1] ?? '')};
	}

	const struct = /^struct\s*<(.*)>$/is.exec(trimmed);
	if (struct !== null) {
		return {
			type: 'STRUCT',
			structTypes: splitFields(struct[1] ?? '').map(field => {
				const [, name, type] = /^(\w+)\s+(.+)$/s.exec(field) ?? [];
				if (name === undefined || type === undefined) {
					throw invalidType(text);
				}

				return {name, type: parseParameterType(type)};
			}),
		};
	}

	if (!/^\w+$/.test(trimmed)) {
		throw invalidType(text);
	}

	return {type: trimmed.toUpperCase()};
};

const valueOf = (value: unknown, type: RestType, name: string): RestValue => {
	if (type.arrayType !== undefined) {
		if (value !== null && value !== undefined && !Array.isArray(value)) {
			throw new WarehouseError('invalid', `Parameter @${name} is an array; its value is not.`);
		}

		const {arrayType} = type;
		return value === null || value === undefined ? {value: null} : {arrayValues: (value as readonly unknown[]).map(element => valueOf(element, arrayType, name))};
	}

	if (type.structTypes !== undefined) {
		return value === null || value === undefined
			? {value: null}
			: {structValues: Object.fromEntries(type.structTypes.map(field => [field.name, valueOf((value as Readonly<Record<string, unknown>>)[field.name], field.type, name)]))};
	}

	if (value === null || value === undefined) {
		return {value: null};
	}

	return {value: typeof value === 'object' ? JSON.stringify(value) : String(value)};
};

export const toRestParameters = (parameters: readonly QueryParameter[]): readonly RestParameter[] =>
	parameters.map(({name, type, value}) => {
		const parameterType = parseParameterType(type);
		return {name, parameterType, parameterValue: valueOf(value, parameterType, name)};
	});
