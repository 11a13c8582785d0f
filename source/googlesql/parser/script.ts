// Procedural statements and statement lists.
import type {Expression} from '../syntax/expression.js';
import type {Identifier} from '../syntax/name.js';
import type {BlockStatement, CallStatement, CaseStatement, DeclareStatement, ExecuteImmediateStatement, ForStatement, IfStatement, LoopStatement, RaiseStatement, RepeatStatement, SetStatement, SetTarget, Statement, WhileStatement} from '../syntax/script.js';
import type {Cursor} from './cursor.js';
import {parseExpression} from './expression.js';
import {parsePath} from './name.js';
import {parseSystemVariableNames} from './primary.js';
import {parseQueryInParentheses} from './query.js';
import {parseStatement} from './statement.js';
import {parseType} from './type.js';

/** Statements up to one of the closing keywords; every one ends with a semicolon. */
export function parseStatementList(cursor: Cursor, ...closing: readonly string[]): readonly Statement[] {
	const statements: Statement[] = [];
	while (!cursor.isAtAny(...closing)) {
		if (cursor.current.kind === 'end') throw cursor.unexpected();
		statements.push(parseStatement(cursor));
		if (!cursor.isAt(';')) throw cursor.expected('";"');
		cursor.advance();
	}

	return statements;
}

/** DECLARE a, b [type] [DEFAULT e]. */
export function parseDeclare(cursor: Cursor): DeclareStatement {
	const {start} = cursor.expect('DECLARE');
	const names = [cursor.identifier()];
	while (cursor.accept(',')) names.push(cursor.identifier());
	const type = cursor.isAt('DEFAULT') ? undefined : parseType(cursor);
	const value = cursor.accept('DEFAULT') ? parseExpression(cursor) : undefined;
	return {kind: 'declare', names, type, default: value, span: cursor.spanFrom(start)};
}

/** SET target = e, SET (a, b) = e. */
export function parseSet(cursor: Cursor): SetStatement {
	const {start} = cursor.expect('SET');
	const isTuple = cursor.accept('(');
	const targets = [parseSetTarget(cursor)];
	if (isTuple) {
		while (cursor.accept(',')) targets.push(parseSetTarget(cursor));
		cursor.expect(')');
	}

	cursor.expect('=');
	const value = parseExpression(cursor);
	return {kind: 'set', targets, isTuple, value, span: cursor.spanFrom(start)};
}

function parseSetTarget(cursor: Cursor): SetTarget {
	const {start} = cursor.current;
	if (cursor.current.kind === 'system-variable') {
		return {kind: 'set-system-variable', names: parseSystemVariableNames(cursor), span: cursor.spanFrom(start)};
	}

	const name = cursor.identifier();
	return {kind: 'set-variable', name, span: cursor.spanFrom(start)};
}

/** IF e THEN ... [ELSEIF e THEN ...] [ELSE ...] END IF. */
export function parseIf(cursor: Cursor): IfStatement {
	const {start} = cursor.expect('IF');
	const branches: {condition: Expression; statements: readonly Statement[]}[] = [];
	do {
		const condition = parseExpression(cursor);
		cursor.expect('THEN');
		branches.push({condition, statements: parseStatementList(cursor, 'ELSEIF', 'ELSE', 'END')});
	} while (cursor.accept('ELSEIF'));
	const otherwise = cursor.accept('ELSE') ? parseStatementList(cursor, 'END') : undefined;
	cursor.expect('END', 'IF');
	return {kind: 'if', branches, otherwise, span: cursor.spanFrom(start)};
}

/** CASE [e] WHEN e THEN statements ... END CASE. */
export function parseCaseStatement(cursor: Cursor): CaseStatement {
	const {start} = cursor.expect('CASE');
	const operand = cursor.isAt('WHEN') ? undefined : parseExpression(cursor);
	const branches: {when: Expression; statements: readonly Statement[]}[] = [];
	do {
		cursor.expect('WHEN');
		const when = parseExpression(cursor);
		cursor.expect('THEN');
		branches.push({when, statements: parseStatementList(cursor, 'WHEN', 'ELSE', 'END')});
	} while (cursor.isAt('WHEN'));
	const otherwise = cursor.accept('ELSE') ? parseStatementList(cursor, 'END') : undefined;
	cursor.expect('END', 'CASE');
	return {kind: 'case-statement', operand, branches, otherwise, span: cursor.spanFrom(start)};
}

/** `label: LOOP ... END LOOP label`: the statement after a label. */
export function parseLabeled(cursor: Cursor): Statement {
	const {start} = cursor.current;
	const label = cursor.identifier();
	cursor.expect(':');
	switch (cursor.current.upper) {
		case 'LOOP': {
			return parseLoop(cursor, label, start);
		}

		case 'WHILE': {
			return parseWhile(cursor, label, start);
		}

		case 'REPEAT': {
			return parseRepeat(cursor, label, start);
		}

		case 'FOR': {
			return parseFor(cursor, label, start);
		}

		case 'BEGIN': {
			return parseBlock(cursor, label, start);
		}

		default: {
			throw cursor.unexpected();
		}
	}
}

function endLabel(cursor: Cursor, label: Identifier | undefined): void {
	if (!cursor.isAtIdentifier || cursor.isAt(';')) return;
	const end = cursor.identifier();
	if (end.name.toLowerCase() !== label?.name.toLowerCase()) {
		const message = label === undefined ? `Unexpected end label ${end.name}` : `Mismatched end label; expected ${label.name}, got ${end.name}`;
		throw cursor.error(message, end.span.start);
	}
}

export function parseLoop(cursor: Cursor, label?: Identifier, start: number = cursor.current.start): LoopStatement {
	cursor.expect('LOOP');
	const statements = parseStatementList(cursor, 'END');
	cursor.expect('END', 'LOOP');
	endLabel(cursor, label);
	return {kind: 'loop', label, statements, span: cursor.spanFrom(start)};
}

export function parseWhile(cursor: Cursor, label?: Identifier, start: number = cursor.current.start): WhileStatement {
	cursor.expect('WHILE');
	const condition = parseExpression(cursor);
	cursor.expect('DO');
	const statements = parseStatementList(cursor, 'END');
	cursor.expect('END', 'WHILE');
	endLabel(cursor, label);
	return {kind: 'while', label, condition, statements, span: cursor.spanFrom(start)};
}

export function parseRepeat(cursor: Cursor, label?: Identifier, start: number = cursor.current.start): RepeatStatement {
	cursor.expect('REPEAT');
	const statements = parseStatementList(cursor, 'UNTIL');
	cursor.expect('UNTIL');
	const until = parseExpression(cursor);
	cursor.expect('END', 'REPEAT');
	endLabel(cursor, label);
	return {kind: 'repeat', label, statements, until, span: cursor.spanFrom(start)};
}

export function parseFor(cursor: Cursor, label?: Identifier, start: number = cursor.current.start): ForStatement {
	cursor.expect('FOR');
	const variable = cursor.identifier();
	cursor.expect('IN');
	const query = parseQueryInParentheses(cursor);
	cursor.expect('DO');
	const statements = parseStatementList(cursor, 'END');
	cursor.expect('END', 'FOR');
	endLabel(cursor, label);
	return {kind: 'for', label, variable, query, statements, span: cursor.spanFrom(start)};
}

/** BEGIN ... [EXCEPTION WHEN ERROR THEN ...] END. */
export function parseBlock(cursor: Cursor, label: Identifier | undefined, start: number = cursor.current.start): BlockStatement {
	cursor.expect('BEGIN');
	const statements = parseStatementList(cursor, 'EXCEPTION', 'END');
	let exception: readonly Statement[] | undefined;
	if (cursor.accept('EXCEPTION')) {
		cursor.expect('WHEN', 'ERROR', 'THEN');
		exception = parseStatementList(cursor, 'END');
	}

	cursor.expect('END');
	endLabel(cursor, label);
	return {kind: 'block', label, statements, exception, span: cursor.spanFrom(start)};
}

/** RAISE [USING MESSAGE = e]. */
export function parseRaise(cursor: Cursor): RaiseStatement {
	const {start} = cursor.expect('RAISE');
	let message: Expression | undefined;
	if (cursor.accept('USING')) {
		cursor.expect('MESSAGE', '=');
		message = parseExpression(cursor);
	}

	return {kind: 'raise', message, span: cursor.spanFrom(start)};
}

/** CALL path(arguments). */
export function parseCallStatement(cursor: Cursor): CallStatement {
	const {start} = cursor.expect('CALL');
	const procedure = parsePath(cursor);
	cursor.expect('(');
	const values: Expression[] = [];
	while (!cursor.isAt(')')) {
		if (values.length > 0) {
			if (!cursor.isAt(',')) throw cursor.expected('")" or ","');
			cursor.advance();
		}

		values.push(parseExpression(cursor));
	}

	cursor.expect(')');
	return {kind: 'call', procedure, arguments: values, span: cursor.spanFrom(start)};
}

/** EXECUTE IMMEDIATE e [INTO a, b] [USING e [AS name], ...]. */
export function parseExecuteImmediate(cursor: Cursor): ExecuteImmediateStatement {
	const {start} = cursor.expect('EXECUTE');
	cursor.expect('IMMEDIATE');
	const sql = parseExpression(cursor);
	const into: Identifier[] = [];
	if (cursor.accept('INTO')) {
		do {
			into.push(cursor.identifier());
		} while (cursor.accept(','));
	}

	const using: {value: Expression; alias: Identifier | undefined}[] = [];
	if (cursor.accept('USING')) {
		do {
			const value = parseExpression(cursor);
			using.push({value, alias: cursor.accept('AS') ? cursor.identifier() : undefined});
		} while (cursor.accept(','));
	}

	return {kind: 'execute-immediate', sql, into, using, span: cursor.spanFrom(start)};
}
