// What BigQuery has and the embedded warehouse has not.

/** Whether a DuckDB text holds a sub-query: its TRY and its lambdas can't. */
export const holdsQuery = (text: string): boolean => /\((?:SELECT|WITH)\b/.test(text);

/** Thrown where no node is at hand; `emitCall` gives it the place of the call. The message is a whole sentence without its full stop. */
export class NotHere extends Error {
	constructor(what: string) {
		super(`The embedded warehouse does not have ${what}`);
		this.name = 'NotHere';
	}
}
