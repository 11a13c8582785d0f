// EXTRACT and INTERVAL.
import type {DatePart, Expression} from '../../googlesql/index.js';
import type {Emission} from './context.js';
import {scalarName} from './duck-type.js';
import {emitExpression, typeOf} from './expression.js';

const weekdays = ['SUNDAY', 'MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY'];

/** Days to add to a date so that DuckDB's Monday weeks fall on weeks that start on the part's weekday (Sunday unless said). */
export function weekShiftDays(part: DatePart): number {
	const start = part.part === 'ISOWEEK' ? 1 : weekdays.indexOf(part.weekday ?? 'SUNDAY');
	return (8 - start) % 7;
}

export function isWeek(part: DatePart): boolean {
	return part.part === 'WEEK' || part.part === 'ISOWEEK';
}

/** The civil value of a TIMESTAMP in a zone; DATE and DATETIME are civil already. */
export function civil(text: string, typeName: string, zone: string): string {
	return typeName === 'TIMESTAMP' ? `timezone(${zone}, ${text})` : text;
}

export function emitExtract(expression: Extract<Expression, {kind: 'extract'}>, emission: Emission): string {
	const typeName = scalarName(typeOf(expression.source, emission));
	const zone = expression.timeZone === undefined ? `'UTC'` : emitExpression(expression.timeZone, emission);
	const value = civil(emitExpression(expression.source, emission), typeName, zone);
	const {part} = expression.part;
	switch (part) {
		case 'DATE': {
			return `CAST(${value} AS DATE)`;
		}

		case 'TIME': {
			return `CAST(${value} AS TIME)`;
		}

		case 'DATETIME': {
			return `CAST(${value} AS TIMESTAMP)`;
		}

		case 'DAYOFWEEK': {
			return `CAST(date_part('dow', ${value}) + 1 AS BIGINT)`;
		}

		case 'DAYOFYEAR': {
			return `CAST(date_part('doy', ${value}) AS BIGINT)`;
		}

		case 'WEEK': {
			const shift = weekShiftDays(expression.part);
			const day = `CAST(${value} AS DATE)`;
			// Week 0 holds the days before the year's first such weekday.
			return `CAST((date_part('doy', ${day}) + 6 - ((date_part('isodow', ${day} + ${shift}) - 1 + 7) % 7)) // 7 AS BIGINT)`;
		}

		case 'ISOWEEK': {
			return `CAST(date_part('week', ${value}) AS BIGINT)`;
		}

		case 'ISOYEAR': {
			return `CAST(date_part('isoyear', ${value}) AS BIGINT)`;
		}

		case 'SECOND': {
			return `CAST(floor(date_part('second', ${value})) AS BIGINT)`;
		}

		case 'MILLISECOND': {
			return `CAST(date_part('millisecond', ${value}) % 1000 AS BIGINT)`;
		}

		case 'MICROSECOND': {
			return `CAST(date_part('microsecond', ${value}) % 1000000 AS BIGINT)`;
		}

		default: {
			return `CAST(date_part('${part.toLowerCase()}', ${value}) AS BIGINT)`;
		}
	}
}

/** `n` units as a DuckDB interval. */
export function intervalText(count: string, part: string): string {
	switch (part) {
		case 'WEEK': {
			return `to_days(CAST(7 * ${count} AS INTEGER))`;
		}

		case 'QUARTER': {
			return `to_months(CAST(3 * ${count} AS INTEGER))`;
		}

		case 'DAY': {
			return `to_days(CAST(${count} AS INTEGER))`;
		}

		case 'MONTH': {
			return `to_months(CAST(${count} AS INTEGER))`;
		}

		case 'YEAR': {
			return `to_years(CAST(${count} AS INTEGER))`;
		}

		default: {
			return `to_${part.toLowerCase()}s(CAST(${count} AS BIGINT))`;
		}
	}
}

export function emitInterval(expression: Extract<Expression, {kind: 'interval'}>, emission: Emission): string {
	if (expression.to !== undefined) {
		throw emission.analysis.refuse(expression, 'The embedded warehouse does not have INTERVAL with a range of parts');
	}

	return intervalText(emitExpression(expression.value, emission), expression.from.part);
}
