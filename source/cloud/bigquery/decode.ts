// Rows and schemas as REST sends them, as the values the port promises.
import {z} from 'zod';
import type {Field, Row} from '../../ports/warehouse.js';

type RestField = {readonly name: string; readonly type: string; readonly mode?: string | null | undefined; readonly fields?: readonly RestField[] | undefined};
export const restField: z.ZodType<RestField> = z.lazy(() => z.object({name: z.string(), type: z.string(), mode: z.string().nullish(), fields: z.array(restField).optional()}));
export const restSchema = z.object({fields: z.array(restField).optional()}).nullish();

const restCell = z.object({v: z.unknown()});
export const restRow = z.object({f: z.array(restCell).optional()});

/** REST keeps legacy names; everywhere else the types have their SQL names. */
const sqlNames: Readonly<Record<string, string>> = {INTEGER: 'INT64', FLOAT: 'FLOAT64', BOOLEAN: 'BOOL', RECORD: 'STRUCT'};

/** Fields with SQL type names (INT64, not INTEGER). */
export const toFields = (fields: readonly RestField[]): readonly Field[] =>
	fields.map(field => ({
		name: field.name,
		type: sqlNames[field.type] ?? field.type,
		mode: field.mode === 'REQUIRED' || field.mode === 'REPEATED' ? field.mode : 'NULLABLE',
		...(field.fields === undefined ? {} : {fields: toFields(field.fields)}),
	}));

const isoOfMicros = (text: string): string => {
	const micros = BigInt(text);
	let seconds = micros / 1_000_000n;
	let rest = micros % 1_000_000n;
	if (rest < 0n) {
		rest += 1_000_000n;
		seconds -= 1n;
	}

	const base = new Date(Number(seconds) * 1000).toISOString().slice(0, 19);
	const digits = String(rest).padStart(6, '0');
	const fraction = rest === 0n ? '' : `.${digits.endsWith('000') ? digits.slice(0, 3) : digits}`;
	return `${base}${fraction}Z`;
};

const scalar = (value: string, type: string): unknown => {
	switch (type) {
		case 'INT64': {
			const number = Number(value);
			return Number.isSafeInteger(number) ? number : BigInt(value);
		}

		case 'FLOAT64': {
			return /^[+-]?inf(?:inity)?$/i.test(value) ? (value.startsWith('-') ? -Infinity : Infinity) : Number(value);
		}

		case 'BOOL': {
			return value.toLowerCase() === 'true';
		}

		case 'TIMESTAMP': {
			return isoOfMicros(value);
		}

		default: {
			// NUMERIC stays a decimal text: a number would lose digits. BYTES stay base64, JSON stays text.
			return value;
		}
	}
};

const decodeOne = (value: unknown, field: Field): unknown => {
	if (value === null || value === undefined) {
		return null;
	}

	return field.type === 'STRUCT' ? toRow(restRow.parse(value), field.fields ?? []) : scalar(String(value), field.type);
};

/** One row as an object. Needs timestamps as integer microseconds. */
export const toRow = (row: z.infer<typeof restRow>, fields: readonly Field[]): Row =>
	Object.fromEntries(fields.map((field, index) => {
		const value = row.f?.[index]?.v;
		return [field.name, field.mode === 'REPEATED' ? z.array(restCell).parse(value ?? []).map(cell => decodeOne(cell.v, field)) : decodeOne(value, field)];
	}));
