// Query parameters of a request as typed cells.
import {z} from 'zod';
import type {SqlType} from '../../googlesql/types.js';
import type {Cell, Parameter} from '../contract.js';
import {invalid} from './api-error.js';
import {scalarTypeOf} from './schema.js';

type TypeInput = {readonly type: string; readonly arrayType?: TypeInput | undefined; readonly structTypes?: ReadonlyArray<{readonly name?: string | undefined; readonly type: TypeInput}> | undefined};
type ValueInput = {readonly value?: string | number | boolean | null | undefined; readonly arrayValues?: readonly ValueInput[] | undefined; readonly structValues?: Readonly<Record<string, ValueInput>> | undefined};

const typeInput: z.ZodType<TypeInput> = z.lazy(() =>
	z.object({type: z.string(), arrayType: typeInput.optional(), structTypes: z.array(z.object({name: z.string().optional(), type: typeInput})).optional()}),
);
const valueInput: z.ZodType<ValueInput> = z.lazy(() =>
	z.object({value: z.union([z.string(), z.number(), z.boolean(), z.null()]).optional(), arrayValues: z.array(valueInput).optional(), structValues: z.record(z.string(), valueInput).optional()}),
);

export const parameterInput = z.object({name: z.string().nullish(), parameterType: typeInput, parameterValue: valueInput.nullish()});
export type ParameterInput = z.infer<typeof parameterInput>;

const typeOf = (input: TypeInput): SqlType => {
	const upper = input.type.toUpperCase();
	if (upper === 'ARRAY') {
		if (input.arrayType === undefined) {
			throw invalid('Array parameter type has no element type.');
		}

		return {kind: 'array', element: typeOf(input.arrayType)};
	}

	if (upper === 'STRUCT' || upper === 'RECORD') {
		return {kind: 'struct', fields: (input.structTypes ?? []).map(field => ({name: field.name === '' ? undefined : field.name, type: typeOf(field.type)}))};
	}

	return {kind: 'scalar', name: scalarTypeOf(input.type)};
};

const timestampPattern = /^(\d{4}-\d{1,2}-\d{1,2})(?:[ Tt](\d{1,2}:\d{1,2}(?::\d{1,2})?)(\.\d{1,9})?)?\s*(Z|z|UTC|[+-]\d{1,2}(?::?\d{2})?)?$/;

/**
 * Microseconds since the epoch of a timestamp text; UTC where no offset is given.
 * @throws ApiError 400 for a text that is no timestamp.
 */
export const microsOfText = (text: string): bigint => {
	const match = timestampPattern.exec(text.trim());
	if (match === null) {
		throw invalid(`Could not parse '${text}' as a timestamp.`);
	}

	const [, date = '', time = '00:00:00', fraction = '.0', zone = 'Z'] = match;
	const two = (part: string): string => part.padStart(2, '0');
	const day = date.split('-').map(part => two(part)).join('-');
	const clock = [...time.split(':'), '00'].slice(0, 3).map(part => two(part)).join(':');
	let offset = 'Z';
	if (!/^(z|utc)$/i.test(zone)) {
		const [, sign = '+', hours = '0', minutes = '00'] = /^([+-])(\d{1,2}):?(\d{2})?$/.exec(zone) ?? [];
		offset = `${sign}${two(hours)}:${minutes}`;
	}

	const seconds = Date.parse(`${day}T${clock}${offset}`);
	if (Number.isNaN(seconds)) {
		throw invalid(`Could not parse '${text}' as a timestamp.`);
	}

	return (BigInt(seconds) * 1000n) + BigInt(fraction.slice(1, 7).padEnd(6, '0'));
};

const scalarValue = (value: string | number | boolean, name: string): Cell => {
	const text = String(value);
	switch (name) {
		case 'INT64': {
			if (!/^[+-]?\d+$/.test(text.trim())) {
				throw invalid(`Invalid value for int64: ${text}`);
			}

			return BigInt(text.trim().replace(/^\+/, '')).toString();
		}

		case 'FLOAT64': {
			if (/^[+-]?(nan|inf|infinity)$/i.test(text)) {
				return /nan/i.test(text) ? 'NaN' : (text.startsWith('-') ? '-Infinity' : 'Infinity');
			}

			const number = Number(text);
			if (Number.isNaN(number) || text.trim() === '') {
				throw invalid(`Invalid value for float64: ${text}`);
			}

			return number;
		}

		case 'BOOL': {
			if (!/^(true|false)$/i.test(text)) {
				throw invalid(`Invalid value for bool: ${text}`);
			}

			return text.toLowerCase() === 'true';
		}

		case 'TIMESTAMP': {
			return microsOfText(text).toString();
		}

		case 'DATETIME': {
			return text.replace('T', ' ').trim();
		}

		default: {
			return text;
		}
	}
};

const valueOf = (input: ValueInput, type: SqlType): Cell => {
	switch (type.kind) {
		case 'array': {
			return input.arrayValues === undefined ? (input.value === null ? null : []) : input.arrayValues.map(element => valueOf(element, type.element));
		}

		case 'struct': {
			const values = input.structValues;
			return values === undefined ? null : type.fields.map(field => valueOf(values[field.name ?? ''] ?? {}, field.type));
		}

		case 'scalar': {
			return input.value === undefined || input.value === null ? null : scalarValue(input.value, type.name);
		}

		case 'any': {
			return null;
		}
	}
};

/** Parameters of a query request; positional ones have no name. */
export const toParameters = (inputs: readonly ParameterInput[]): readonly Parameter[] =>
	inputs.map(input => {
		const type = typeOf(input.parameterType);
		return {name: input.name === null || input.name === '' ? undefined : input.name, type, value: valueOf(input.parameterValue ?? {}, type)};
	});
