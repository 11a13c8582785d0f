// DuckDB's errors in BigQuery's words.
import {SqlError, type SqlFailure} from '../contract.js';

const prefix = /^(?:[A-Z][A-Za-z]*(?: [A-Z]?[A-Za-z]*)* (?:Error|Exception)): ?/;

type Rule = {readonly pattern: RegExp; readonly reason: SqlFailure['reason']; readonly message: (match: RegExpExecArray) => string};

const rules: readonly Rule[] = [
	{pattern: /NOT NULL constraint failed: [^.]*\.?"?([\w ]+)"?$/, reason: 'invalidQuery', message: match => `Required field ${match[1] ?? ''} cannot be null`},
	{pattern: /INTERRUPT/i, reason: 'stopped', message: () => 'Job execution was cancelled: User requested cancellation'},
	{pattern: /More than one row returned by a subquery/i, reason: 'invalidQuery', message: () => 'Scalar subquery produced more than one element'},
	{pattern: /Overflow in (addition|subtraction|multiplication) of INT64 \((-?\d+) ([+*-]) (-?\d+)\)/i, reason: 'invalidQuery', message: match => `int64 overflow: ${match[2] ?? ''} ${match[3] ?? ''} ${match[4] ?? ''}`},
];

/** True when another transaction was faster: BigQuery retries a single statement and aborts a transaction. */
export const isConflict = (error: unknown): boolean => error instanceof Error && /Conflict on (?:update|tuple deletion)|write-write conflict|Failed to commit.*[Cc]onflict|transaction conflict/i.test(error.message);

/** An SqlError for what DuckDB reports; an SqlError is passed on. */
export const toSqlError = (error: unknown): SqlError => {
	if (error instanceof SqlError) {
		return error;
	}

	const message = (error instanceof Error ? error.message : String(error)).trim();
	for (const {pattern, reason, message: say} of rules) {
		const match = pattern.exec(message);
		if (match !== null) {
			return new SqlError({reason, message: say(match)});
		}
	}

	// DuckDB adds hints and the emitted text below the first line: they speak of a statement that nobody wrote.
	const [firstLine = message] = message.replace(prefix, '').split('\n');
	return new SqlError({reason: 'invalidQuery', message: firstLine});
};
