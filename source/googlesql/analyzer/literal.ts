// Texts of typed literals and of string literals that are coerced to a date or a number.
import type {Expression} from '../syntax/expression.js';
import type {SqlType} from '../types.js';
import type {Session} from './session.js';

const date = String.raw`(\d{4})-(\d{1,2})-(\d{1,2})`;
const time = String.raw`(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.\d{1,6})?)?`;
const zone = String.raw`(?:\s*(?:Z|z|[+-]\d{1,2}(?::?\d{2})?|\s[A-Za-z_]+(?:\/[A-Za-z_+\-0-9]+)*))?`;
const patterns: Readonly<Record<string, RegExp>> = {
	DATE: new RegExp(`^${date}$`),
	DATETIME: new RegExp(`^${date}(?:[Tt ]${time})?$`),
	TIMESTAMP: new RegExp(`^${date}(?:[Tt ]${time})?${zone}$`),
	TIME: new RegExp(`^${time}$`),
	NUMERIC: /^\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?\s*$/,
	BIGNUMERIC: /^\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?\s*$/,
};

/** Throws when the text of a literal is no value of the type. */
export function checkLiteral(session: Session, expression: Expression, type: SqlType): void {
	if ((expression.kind !== 'string' && expression.kind !== 'typed-literal') || type.kind !== 'scalar') return;
	const {value} = expression;
	if (type.name === 'JSON') {
		try {
			JSON.parse(value);
		} catch {
			throw session.error(expression, 'Invalid JSON literal: syntax error while parsing value');
		}

		return;
	}

	const pattern = patterns[type.name];
	if (pattern === undefined) return;
	const match = pattern.exec(value);
	const isValid = match !== null && (type.name === 'TIME' || type.name.endsWith('NUMERIC') || isCalendarDay(Number(match[1]), Number(match[2]), Number(match[3])));
	if (isValid) return;
	throw session.error(expression, expression.kind === 'string' ? `Could not cast literal "${value}" to type ${type.name}` : `Invalid ${type.name} literal`);
}

function isCalendarDay(year: number, month: number, day: number): boolean {
	if (year < 1 || month < 1 || month > 12 || day < 1) return false;
	const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
	const days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
	return day <= days[month - 1]!;
}
