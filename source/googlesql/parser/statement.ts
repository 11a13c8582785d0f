// One statement of any kind, told by its first words.
import type {Expression} from '../syntax/expression.js';
import type {BreakStatement, ContinueStatement, Statement, TransactionStatement} from '../syntax/script.js';
import type {Cursor} from './cursor.js';
import {parseAlter, parseCreate, parseDrop, parseExport, parseLoad} from './ddl.js';
import {parseDelete, parseInsert, parseMerge, parseTruncate, parseUpdate} from './dml.js';
import {parseExpression} from './expression.js';
import {parseStringText} from './literal.js';
import {parseQuery} from './query.js';
import {parseBlock, parseCallStatement, parseCaseStatement, parseDeclare, parseExecuteImmediate, parseFor, parseIf, parseLabeled, parseLoop, parseRaise, parseRepeat, parseSet, parseWhile} from './script.js';

const parsers: Readonly<Record<string, (cursor: Cursor) => Statement>> = {
	SELECT: parseQueryStatement,
	WITH: parseQueryStatement,
	'(': parseQueryStatement,
	INSERT: parseInsert,
	UPDATE: parseUpdate,
	DELETE: parseDelete,
	MERGE: parseMerge,
	TRUNCATE: parseTruncate,
	CREATE: parseCreate,
	DROP: parseDrop,
	ALTER: parseAlter,
	EXPORT: parseExport,
	LOAD: parseLoad,
	DECLARE: parseDeclare,
	SET: parseSet,
	IF: parseIf,
	CASE: parseCaseStatement,
	LOOP: parseLoop,
	WHILE: parseWhile,
	REPEAT: parseRepeat,
	FOR: parseFor,
	BREAK: parseJump,
	LEAVE: parseJump,
	CONTINUE: parseJump,
	ITERATE: parseJump,
	BEGIN: parseBegin,
	COMMIT: parseCommitOrRollback,
	ROLLBACK: parseCommitOrRollback,
	RAISE: parseRaise,
	RETURN: parseReturn,
	CALL: parseCallStatement,
	EXECUTE: parseExecuteImmediate,
	ASSERT: parseAssert,
};

/** Parses one statement; the semicolon is left. */
export function parseStatement(cursor: Cursor): Statement {
	if (cursor.isAtIdentifier && cursor.peek().upper === ':') return parseLabeled(cursor);
	const parse = Object.hasOwn(parsers, cursor.current.upper) ? parsers[cursor.current.upper] : undefined;
	if (parse === undefined) throw cursor.unexpected();
	return parse(cursor);
}

function parseQueryStatement(cursor: Cursor): Statement {
	const {start} = cursor.current;
	const query = parseQuery(cursor);
	return {kind: 'query-statement', query, span: cursor.spanFrom(start)};
}

function parseJump(cursor: Cursor): BreakStatement | ContinueStatement {
	const {start, upper} = cursor.advance();
	const label = cursor.isAtIdentifier ? cursor.identifier() : undefined;
	return {kind: upper === 'BREAK' || upper === 'LEAVE' ? 'break' : 'continue', label, span: cursor.spanFrom(start)};
}

function parseBegin(cursor: Cursor): Statement {
	const {start} = cursor.current;
	const next = cursor.peek();
	if (next.upper !== 'TRANSACTION' && next.upper !== ';' && next.kind !== 'end') return parseBlock(cursor, undefined);
	cursor.advance();
	cursor.accept('TRANSACTION');
	return {kind: 'begin-transaction', span: cursor.spanFrom(start)};
}

function parseCommitOrRollback(cursor: Cursor): TransactionStatement {
	const {start, upper} = cursor.advance();
	cursor.accept('TRANSACTION');
	return {kind: upper === 'COMMIT' ? 'commit-transaction' : 'rollback-transaction', span: cursor.spanFrom(start)};
}

function parseReturn(cursor: Cursor): Statement {
	const {start} = cursor.advance();
	return {kind: 'return', span: cursor.spanFrom(start)};
}

function parseAssert(cursor: Cursor): Statement {
	const {start} = cursor.advance();
	const condition = parseExpression(cursor);
	let message: Expression | undefined;
	if (cursor.accept('AS')) {
		const messageStart = cursor.current.start;
		const value = parseStringText(cursor);
		message = {kind: 'string', value, span: cursor.spanFrom(messageStart)};
	}

	return {kind: 'assert', condition, message, span: cursor.spanFrom(start)};
}
