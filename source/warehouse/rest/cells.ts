// Rows as REST sends them: `{f: [{v: ...}]}` with every scalar as text.
import type {Column, SqlType} from '../../googlesql/types.js';
import type {Cell} from '../contract.js';

/** TIMESTAMP cells are float seconds unless the client asks for integer microseconds or ISO text. */
export type TimestampFormat = 'float-seconds' | 'int64-micros' | 'iso';

export type RestCell = {readonly v: unknown};
export type RestRow = {readonly f: readonly RestCell[]};

const million = 1_000_000n;

const floorDiv = (value: bigint, divisor: bigint): bigint => (value >= 0n ? value / divisor : -((-value + divisor - 1n) / divisor));

/** ISO 8601 in UTC with six fraction digits, trailing groups of zeros kept out. */
export const isoOfMicros = (micros: bigint): string => {
	const seconds = floorDiv(micros, million);
	const rest = micros - (seconds * million);
	const base = new Date(Number(seconds) * 1000).toISOString().slice(0, 19);
	return rest === 0n ? `${base}Z` : `${base}.${String(rest).padStart(6, '0')}Z`;
};

const timestampText = (micros: string, format: TimestampFormat): string => {
	switch (format) {
		case 'int64-micros': {
			return micros;
		}

		case 'iso': {
			return isoOfMicros(BigInt(micros));
		}

		case 'float-seconds': {
			const value = BigInt(micros);
			const magnitude = value < 0n ? -value : value;
			return `${value < 0n ? '-' : ''}${magnitude / million}.${String(magnitude % million).padStart(6, '0')}`;
		}
	}
};

const floatText = (value: Cell): string => {
	if (typeof value !== 'number') {
		return String(value);
	}

	const text = String(value);
	if (Object.is(value, -0)) {
		return '-0.0';
	}

	return Number.isInteger(value) && !text.includes('e') ? `${text}.0` : text.replace('e', 'E').replace('E+', 'E');
};

const encode = (value: Cell, type: SqlType, format: TimestampFormat): unknown => {
	if (type.kind === 'array') {
		// A NULL array and an empty one are the same thing in a result.
		return Array.isArray(value) ? (value as readonly Cell[]).map(element => ({v: encode(element, type.element, format)})) : [];
	}

	if (value === null) {
		return null;
	}

	if (type.kind === 'struct') {
		const cells = value as readonly Cell[];
		return {f: type.fields.map((field, index) => ({v: encode(cells[index] ?? null, field.type, format)}))};
	}

	if (type.kind === 'scalar' && type.name === 'TIMESTAMP') {
		return timestampText(String(value), format);
	}

	return type.kind === 'scalar' && type.name === 'FLOAT64' ? floatText(value) : String(value);
};

/** Encodes one row. */
export const toRestRow = (row: readonly Cell[], columns: readonly Column[], format: TimestampFormat): RestRow => ({
	f: columns.map((column, index) => ({v: encode(row[index] ?? null, column.type, format)})),
});

/** Reads `formatOptions` as they come in a query string (`formatOptions.useInt64Timestamp`) or in a body. */
export const timestampFormat = (useInt64: unknown, outputFormat: unknown): TimestampFormat => {
	if (outputFormat === 'ISO8601_STRING') {
		return 'iso';
	}

	return outputFormat === 'INT64' || useInt64 === true || useInt64 === 'true' ? 'int64-micros' : 'float-seconds';
};
