// DuckDB's errors in BigQuery's words. What DuckDB says of a value is translated; what it says of a statement is not shown:
// it speaks of a text that nobody wrote.
import {SqlError, type SqlFailure} from '../contract.js';
import {raisedMessage} from '../emit/raised.js';

type Rule = {readonly pattern: RegExp; readonly reason?: SqlFailure['reason']; readonly message: (match: RegExpExecArray) => string};

const rules: readonly Rule[] = [
	{pattern: /NOT NULL constraint failed: [^.]*\.?"?([\w ]+)"?$/m, message: match => `Required field ${match[1] ?? ''} cannot be null`},
	{pattern: /INTERRUPT/i, reason: 'stopped', message: () => 'Job execution was cancelled: User requested cancellation'},
	{pattern: /More than one row returned by a subquery/i, message: () => 'Scalar subquery produced more than one element'},
	{pattern: /Overflow in (?:addition|subtraction|multiplication) of INT64 \((-?\d+) ([+*-]) (-?\d+)\)/i, message: match => `int64 overflow: ${match[1] ?? ''} ${match[2] ?? ''} ${match[3] ?? ''}`},
	{pattern: /Type (?:INT128|HUGEINT) with value (-?\d+) can't be cast .* type INT64/i, message: match => `int64 overflow: ${match[1] ?? ''}`},
	{pattern: /(?:Overflow|out of range).*(?:negat|NEGATE|abs)|Overflow on (?:negate|abs)/i, message: () => 'int64 overflow'},
	{pattern: /SUM is out of range|Overflow in HUGEINT/i, message: () => 'int64 overflow in SUM'},
	{pattern: /Could not (?:convert|parse) string ["'](.*)["'] to (\w+)/i, message: match => `Invalid ${bigQueryType(match[2] ?? '')} value: ${match[1] ?? ''}`},
	{pattern: /(date|time|timestamp|interval) field value out of range: "(.*?)"/i, message: match => `Invalid ${match[1]!.toLowerCase()}: '${match[2] ?? ''}'`},
	{pattern: /(?:Overflow in|Could not cast value|Casting value|out of range|failed).*DECIMAL|DECIMAL.*(?:overflow|out of range|failed)/i, message: () => 'numeric overflow'},
	{pattern: /(?:invalid|date|time|timestamp|interval) .*(?:field value out of range|out of range|not in range)|(?:date|timestamp|time) .*out of range/i, message: () => 'Date or timestamp value is out of the allowed range'},
	{pattern: /Unknown TimeZone '(.*)'/i, message: match => `Invalid time zone: ${match[1] ?? ''}`},
	{pattern: /missing [)\]:]|missing argument to repetition|no argument for repetition|bad repetition operator|invalid (?:escape sequence|character class|perl operator|named capture|repetition)|unexpected \)|trailing \\|regular expression/i, message: () => 'Cannot parse regular expression'},
	{pattern: /UTF8 Codepoint/i, message: () => 'Invalid codepoint'},
	{pattern: /hex digit|hexadecimal/i, message: () => 'Failed to decode invalid hexadecimal string'},
	{pattern: /base64/i, message: () => 'Failed to decode invalid base64 string'},
	{pattern: /\b(ACOSH?|ASIN|ATANH)\b.*(?:undefined|outside|range)/i, message: match => `Floating point error in function: ${match[1]!.toUpperCase()}`},
	{pattern: /Malformed JSON/i, message: () => 'syntax error while parsing value'},
	{pattern: /Out of Memory|could not allocate|failed to (?:pin|allocate)/i, reason: 'responseTooLarge', message: () => 'Resources exceeded during query execution: The query could not be executed in the allotted memory.'},
	{pattern: /No space left|Could not write/i, reason: 'internalError', message: () => 'The embedded warehouse could not write to its file: the disk may be full'},
	{pattern: /Out of Range Error|Conversion Error/i, message: () => 'A value is out of the range of its type'},
];

const bigQueryTypes: Readonly<Record<string, string>> = {DOUBLE: 'FLOAT64', INT64: 'INT64', BIGINT: 'INT64', DECIMAL: 'NUMERIC', BOOL: 'BOOL', BOOLEAN: 'BOOL', DATE: 'DATE', TIME: 'TIME', TIMESTAMP: 'TIMESTAMP', INTERVAL: 'INTERVAL', BLOB: 'BYTES'};

const bigQueryType = (name: string): string => bigQueryTypes[name.toUpperCase()] ?? 'text';

/** True when another transaction was faster: BigQuery retries a single statement and aborts a transaction. */
export const isConflict = (error: unknown): boolean => error instanceof Error && (/Conflict on (?:update|tuple deletion)|write-write conflict|Failed to commit.*[Cc]onflict|transaction conflict/i.test(error.message) || isConflict(error.cause));

/**
 * An SqlError for what DuckDB reports; an SqlError is passed on. The first error stays as the cause.
 * What no rule knows is a statement that BigQuery takes and DuckDB can't run: said so, without DuckDB's text.
 */
export const toSqlError = (error: unknown): SqlError => {
	if (error instanceof SqlError) {
		return error;
	}

	const text = (error instanceof Error ? error.message : String(error)).trim();
	const raised = raisedMessage(text);
	if (raised !== undefined) {
		return new SqlError({reason: 'invalidQuery', message: raised}, error);
	}

	const isOfStatement = /^(?:Binder|Catalog|Parser) Error/.test(text);
	for (const {pattern, reason = 'invalidQuery', message} of isOfStatement ? [] : rules) {
		const match = pattern.exec(text);
		if (match !== null) {
			return new SqlError({reason, message: message(match)}, error);
		}
	}

	return new SqlError({reason: 'invalidQuery', message: 'The embedded warehouse cannot run this statement, though BigQuery may; write it in another way'}, error);
};
