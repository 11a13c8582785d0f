// The parser's answer as a value: a script, or the place where the text stops being GoogleSQL.
import {GoogleSqlError, parseScript, type Script} from '../googlesql/index.js';

export type ParsedSql =
	| {readonly ok: true; readonly script: Script}
	| {readonly ok: false; readonly line: number; readonly column: number; readonly message: string};

/** Parses a whole text. Never throws for what the text says. */
export const parseSql = (text: string): ParsedSql => {
	try {
		return {ok: true, script: parseScript(text)};
	} catch (error) {
		if (error instanceof GoogleSqlError) {
			return {ok: false, line: error.line ?? 1, column: error.column ?? 1, message: error.message};
		}

		throw error;
	}
};
