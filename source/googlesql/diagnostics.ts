// Errors in BigQuery's words. A message carries its place as BigQuery prints it: `... at [line:column]`.

export type DiagnosticReason = 'invalidQuery' | 'notFound' | 'duplicate' | 'invalid' | 'accessDenied';

/** One refusal. Line and column count from 1; undefined where BigQuery names no place (a table not found). */
export type Diagnostic = {
	readonly reason: DiagnosticReason;
	/** With ` at [line:column]` at its end where there is a place. */
	readonly message: string;
	readonly line: number | undefined;
	readonly column: number | undefined;
};

/** Thrown by lexer, parser and analyzer. */
export class GoogleSqlError extends Error {
	readonly reason: DiagnosticReason;
	readonly line: number | undefined;
	readonly column: number | undefined;

	constructor(diagnostic: Diagnostic) {
		super(diagnostic.message);
		this.name = 'GoogleSqlError';
		this.reason = diagnostic.reason;
		this.line = diagnostic.line;
		this.column = diagnostic.column;
	}
}

export type Position = {readonly line: number; readonly column: number};

/** Line and column (from 1) of an offset. A tab moves to the next multiple of eight plus one and a code point is one column, as ZetaSQL counts. */
export function positionAt(text: string, offset: number): Position {
	let line = 1;
	let column = 1;
	for (let index = 0; index < offset && index < text.length; index++) {
		const code = text.charCodeAt(index);
		if (code === 10 || (code === 13 && text.charCodeAt(index + 1) !== 10)) {
			line++;
			column = 1;
		} else if (code === 13) {
			// The line feed that follows ends the line.
		} else if (code === 9) {
			column += 8 - ((column - 1) % 8);
		} else if (code < 0xDC_00 || code > 0xDF_FF) {
			column++;
		}
	}

	return {line, column};
}

/** An error at an offset of the text; ` at [line:column]` is added to the message. */
export function errorAt(text: string, offset: number, message: string, reason: DiagnosticReason = 'invalidQuery'): GoogleSqlError {
	const {line, column} = positionAt(text, offset);
	return new GoogleSqlError({reason, message: `${message} at [${line}:${column}]`, line, column});
}
