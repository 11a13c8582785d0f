// CREATE FUNCTION, TABLE FUNCTION, PROCEDURE.
import type {CreateFunction, CreateProcedure, CreateTableFunction, Creation, FunctionArgument, ProcedureArgument, TableTypeColumn, TableTypeNode} from '../syntax/ddl.js';
import type {Expression} from '../syntax/expression.js';
import type {Cursor} from './cursor.js';
import {parseExpression} from './expression.js';
import {parseStringText} from './literal.js';
import {parseOptions, parsePath} from './name.js';
import {parseQuery} from './query.js';
import {parseBlock} from './script.js';
import {parseType} from './type.js';

type Flags = Omit<Creation, 'ifNotExists'>;

const unparenthesizedQuery = (what: string) =>
	`Syntax error: The body of each ${what} statement is an expression, not a query; to use a query as an expression, the query must be wrapped with additional parentheses to make it a scalar subquery expression`;

/** What follows CREATE ... [AGGREGATE] FUNCTION. */
export function parseCreateFunction(cursor: Cursor, start: number, flags: Flags & {readonly isAggregate: boolean}): CreateFunction {
	const ifNotExists = cursor.accept('IF', 'NOT', 'EXISTS');
	const path = parsePath(cursor);
	const values = parseFunctionArguments(cursor);
	const returns = cursor.accept('RETURNS') ? parseType(cursor) : undefined;
	let determinism: string | undefined;
	if (cursor.accept('NOT', 'DETERMINISTIC')) determinism = 'NOT DETERMINISTIC';
	else if (cursor.accept('DETERMINISTIC')) determinism = 'DETERMINISTIC';
	const language = cursor.accept('LANGUAGE') ? cursor.identifier() : undefined;
	const before = parseOptions(cursor);
	let body: Expression | undefined;
	let foreignBody: string | undefined;
	if (cursor.accept('AS')) {
		if (language === undefined) {
			body = parseFunctionBody(cursor);
		} else {
			foreignBody = parseStringText(cursor);
		}
	} else if (language === undefined) {
		throw cursor.unexpected();
	}

	const after = before.length === 0 ? parseOptions(cursor) : [];
	return {
		kind: 'create-function', ...flags, ifNotExists, path, arguments: values, returns, determinism, language, body, foreignBody,
		options: [...before, ...after], span: cursor.spanFrom(start),
	};
}

function parseFunctionBody(cursor: Cursor): Expression {
	if (!cursor.isAt('(')) throw cursor.expected('"("');
	cursor.advance();
	if (cursor.isAt('SELECT') || (cursor.isAt('WITH') && cursor.peek().upper !== '(')) throw cursor.error(unparenthesizedQuery('CREATE FUNCTION'));
	const body = parseExpression(cursor);
	cursor.expect(')');
	return body;
}

function parseFunctionArguments(cursor: Cursor): readonly FunctionArgument[] {
	cursor.expect('(');
	const values: FunctionArgument[] = [];
	while (!cursor.isAt(')')) {
		if (values.length > 0) {
			if (!cursor.isAt(',')) throw cursor.expected('")" or ","');
			cursor.advance();
		}

		const {start} = cursor.current;
		const name = cursor.identifier();
		const type = cursor.isAt('TABLE') || cursor.isAt('ANY', 'TABLE') ? parseTableType(cursor) : parseType(cursor);
		const isNotAggregate = cursor.accept('NOT', 'AGGREGATE');
		values.push({kind: 'function-argument', name, type, isNotAggregate, span: cursor.spanFrom(start)});
	}

	cursor.expect(')');
	return values;
}

function parseTableType(cursor: Cursor): TableTypeNode {
	const {start} = cursor.current;
	if (cursor.accept('ANY', 'TABLE')) return {kind: 'table-type', columns: undefined, span: cursor.spanFrom(start)};
	cursor.expect('TABLE', '<');
	const columns: TableTypeColumn[] = [];
	do {
		const columnStart = cursor.current.start;
		const name = cursor.identifier();
		const type = parseType(cursor);
		columns.push({kind: 'table-type-column', name, type, span: cursor.spanFrom(columnStart)});
	} while (cursor.accept(','));
	cursor.expect('>');
	return {kind: 'table-type', columns, span: cursor.spanFrom(start)};
}

/** What follows CREATE [OR REPLACE] TABLE FUNCTION. */
export function parseCreateTableFunction(cursor: Cursor, start: number, flags: Flags): CreateTableFunction {
	const ifNotExists = cursor.accept('IF', 'NOT', 'EXISTS');
	const path = parsePath(cursor);
	const values = parseFunctionArguments(cursor);
	const returns = cursor.accept('RETURNS') ? parseTableType(cursor) : undefined;
	const options = parseOptions(cursor);
	cursor.expect('AS');
	const query = parseQuery(cursor);
	return {kind: 'create-table-function', ...flags, ifNotExists, path, arguments: values, returns, options, query, span: cursor.spanFrom(start)};
}

/** What follows CREATE [OR REPLACE] PROCEDURE. */
export function parseCreateProcedure(cursor: Cursor, start: number, flags: Flags): CreateProcedure {
	const ifNotExists = cursor.accept('IF', 'NOT', 'EXISTS');
	const path = parsePath(cursor);
	cursor.expect('(');
	const values: ProcedureArgument[] = [];
	while (!cursor.isAt(')')) {
		if (values.length > 0) {
			if (!cursor.isAt(',')) throw cursor.expected('")" or ","');
			cursor.advance();
		}

		values.push(parseProcedureArgument(cursor));
	}

	cursor.expect(')');
	const options = parseOptions(cursor);
	if (!cursor.isAt('BEGIN')) throw cursor.expected('keyword BEGIN');
	const body = parseBlock(cursor, undefined);
	return {kind: 'create-procedure', ...flags, ifNotExists, path, arguments: values, options, body, span: cursor.spanFrom(start)};
}

function parseProcedureArgument(cursor: Cursor): ProcedureArgument {
	const {start, upper} = cursor.current;
	// IN, OUT and INOUT are modes unless they are the argument's own name: `out STRING`.
	const isMode = upper === 'IN' || ((upper === 'OUT' || upper === 'INOUT') && cursor.peek(2).upper !== ',' && cursor.peek(2).upper !== ')');
	const mode = isMode ? (cursor.advance().upper as ProcedureArgument['mode']) : 'IN';
	const name = cursor.identifier();
	const type = parseType(cursor);
	return {kind: 'procedure-argument', mode, name, type, span: cursor.spanFrom(start)};
}
