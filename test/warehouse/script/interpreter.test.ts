// Control flow alone: the runtime below knows no tables, it evaluates plain scalars and records what it was asked to run.
import {describe, expect, it} from 'vitest';
import {parseScript, parseStatement} from '../../../source/googlesql/index.js';
import type {SqlType} from '../../../source/googlesql/types.js';
import {SqlError, type ExecuteRequest, type ExecuteResult, type ResultSet} from '../../../source/warehouse/contract.js';
import {fastEvaluate} from '../../../source/warehouse/script/fast-evaluate.js';
import {Interpreter} from '../../../source/warehouse/script/interpreter.js';
import type {ProcedureDefinition, StatementRuntime} from '../../../source/warehouse/script/runtime.js';

const int64: SqlType = {kind: 'scalar', name: 'INT64'};

type Recorder = {readonly runtime: StatementRuntime; readonly ran: string[]};

const procedure = (name: string, parameters: ProcedureDefinition['parameters'], body: string): ProcedureDefinition => ({name, parameters, body: parseStatement(body), text: body});

/** `SELECT <plain expression>` gives its value; `SELECT fail` fails as a query would. */
const recorder = (procedures: readonly ProcedureDefinition[] = [], rows: ResultSet['rows'] = []): Recorder => {
	const ran: string[] = [];
	const runtime: StatementRuntime = {
		statementTypeOf: () => 'SELECT',
		async run(statement, scope) {
			const sql = scope.text.slice(statement.span.start, statement.span.end);
			if (sql.includes('fail')) {
				throw new SqlError({reason: 'invalidQuery', message: 'division by zero: 1 / 0'});
			}

			const item = statement.kind === 'query-statement' && statement.query.body.kind === 'select' ? statement.query.body.items[0] : undefined;
			const value = item?.kind === 'select-expression' ? fastEvaluate(item.expression, scope) : undefined;
			ran.push(value === undefined ? sql : String(value.value));
			return {processedBytes: 0, billedBytes: 0, referencedTables: [], result: {columns: [{name: 'f0_', type: value?.type ?? int64}], rows: [[value?.value ?? null]]}};
		},
		async evaluate(expression, scope) {
			const value = fastEvaluate(expression, scope);
			if (value !== undefined) {
				return value;
			}

			if (expression.kind === 'struct') {
				const cells = expression.fields.map(field => fastEvaluate(field.value, scope)!);
				return {type: {kind: 'struct', fields: cells.map(cell => ({name: undefined, type: cell.type}))}, value: cells.map(cell => cell.value)};
			}

			throw new SqlError({reason: 'invalidQuery', message: `cannot evaluate ${expression.kind}`});
		},
		query: async () => ({columns: [{name: 'n', type: int64}], rows}),
		typeOf: node => (node.kind === 'scalar-type' ? {kind: 'scalar', name: node.name} : int64),
		coerce: async ({value}) => value,
		async findProcedure(path) {
			const name = path.parts.map(part => part.name).join('.');
			const found = procedures.find(candidate => candidate.name === name);
			if (found === undefined) {
				throw new SqlError({reason: 'notFound', message: `Not found: Procedure ${name}`});
			}

			return found;
		},
		parseDynamic: sql => parseStatement(sql),
		async beginTransaction() {
			ran.push('begin');
		},
		async commitTransaction() {
			ran.push('commit');
		},
		async rollbackTransaction() {
			ran.push('rollback');
		},
	};
	return {runtime, ran};
};

const execute = async ({runtime}: Recorder, sql: string, signal = new AbortController().signal): Promise<ExecuteResult> => {
	const request: ExecuteRequest = {jobId: 'job', sql, project: 'p', parameters: [], user: 'u', labels: {}, signal, nowMicros: () => 0n};
	return new Interpreter(runtime, request).run(parseScript(sql));
};

const runs = async (sql: string, procedures: readonly ProcedureDefinition[] = [], rows: ResultSet['rows'] = []): Promise<readonly string[]> => {
	const recording = recorder(procedures, rows);
	const {error} = await execute(recording, sql);
	expect(error).toBeUndefined();
	return recording.ran;
};

describe('control flow', () => {
	it.each([
		['IF takes the first true branch', 'DECLARE a INT64 DEFAULT 2; IF a = 1 THEN SELECT 1; ELSEIF a = 2 THEN SELECT 2; ELSE SELECT 3; END IF;', ['2']],
		['NULL is not true', 'DECLARE b BOOL; IF b THEN SELECT 1; ELSE SELECT 2; END IF;', ['2']],
		['CASE compares its operand', 'DECLARE a INT64 DEFAULT 3; CASE a WHEN 1 THEN SELECT 1; WHEN 3 THEN SELECT 33; END CASE;', ['33']],
		['WHILE checks before a turn', 'DECLARE i INT64 DEFAULT 0; WHILE i < 3 DO SET i = i + 1; SELECT i; END WHILE;', ['1', '2', '3']],
		['REPEAT checks after a turn', 'DECLARE i INT64 DEFAULT 9; REPEAT SET i = i + 1; SELECT i; UNTIL TRUE END REPEAT;', ['10']],
		['LOOP ends by BREAK, CONTINUE skips', 'DECLARE i INT64 DEFAULT 0; LOOP SET i = i + 1; IF i = 2 THEN CONTINUE; END IF; IF i > 3 THEN BREAK; END IF; SELECT i; END LOOP;', ['1', '3']],
		['a label leaves the outer loop', 'DECLARE i INT64 DEFAULT 0; outer_loop: LOOP LOOP SET i = i + 1; IF i = 2 THEN BREAK outer_loop; END IF; SELECT i; END LOOP; END LOOP outer_loop; SELECT 99;', ['1', '99']],
		['RETURN ends the script', 'SELECT 1; RETURN; SELECT 2;', ['1']],
		['a block sees the variables around it', 'DECLARE a INT64 DEFAULT 1; BEGIN DECLARE b INT64 DEFAULT 5; SET a = b; END; SELECT a;', ['5']],
		['a variable ends with its block', 'BEGIN DECLARE b INT64 DEFAULT 5; SELECT b; END; BEGIN DECLARE b INT64 DEFAULT 6; SELECT b; END;', ['5', '6']],
		['SET takes a tuple', 'DECLARE a, b INT64; SET (a, b) = (7, 8); SELECT b;', ['8']],
	])('%s', async (_title, sql, expected) => {
		expect(await runs(sql)).toEqual(expected);
	});

	it('FOR gives a struct a row', async () => {
		const recording = recorder([], [['1'], ['2']]);
		const result = await execute(recording, 'FOR r IN (SELECT n FROM t) DO SELECT 1; END FOR;');
		expect(recording.ran).toEqual(['1', '1']);
		expect(result.statements).toHaveLength(2);
	});
});

describe('errors', () => {
	it('a handler sees the message, the script goes on', async () => {
		expect(await runs('BEGIN SELECT fail; SELECT 1; EXCEPTION WHEN ERROR THEN SELECT @@error.message; END; SELECT 2;')).toEqual(['division by zero: 1 / 0', '2']);
	});

	it('RAISE in a handler passes the first error on', async () => {
		const {error} = await execute(recorder(), "BEGIN RAISE USING MESSAGE = 'EROS_BAD_PAGE: empty'; EXCEPTION WHEN ERROR THEN RAISE; END;");
		expect(error).toMatchObject({message: 'Query error: EROS_BAD_PAGE: empty at [1:7]', line: 1, column: 7});
	});

	it('a failed statement ends the script and is in the reports', async () => {
		const recording = recorder();
		const {error, statements} = await execute(recording, 'SELECT 1;\nSELECT fail;\nSELECT 3;');
		expect(error?.message).toBe('Query error: division by zero: 1 / 0 at [2:1]');
		expect(recording.ran).toEqual(['1']);
		expect(statements.map(report => report.error === undefined)).toEqual([true, false]);
	});

	it('a single statement keeps its message as it is', async () => {
		const {error} = await execute(recorder(), 'SELECT fail');
		expect(error?.message).toBe('division by zero: 1 / 0');
	});

	it('a cancel is heard in a loop without end, and by no handler', async () => {
		const controller = new AbortController();
		const recording = recorder();
		const running = execute(recording, 'BEGIN LOOP SELECT 1; END LOOP; EXCEPTION WHEN ERROR THEN SELECT 2; END;', controller.signal);
		setImmediate(() => {
			controller.abort();
		});
		expect((await running).error?.reason).toBe('stopped');
		expect(recording.ran).not.toContain('2');
	});
});

describe('calls', () => {
	const double = procedure('double_it', [{name: 'x', type: int64, mode: 'IN'}, {name: 'y', type: int64, mode: 'OUT'}], 'BEGIN SET y = x * 2; END');

	it('OUT comes back into the variable', async () => {
		expect(await runs('DECLARE r INT64; CALL double_it(21, r); SELECT r;', [double])).toEqual(['42']);
	});

	it('OUT needs a variable', async () => {
		const {error} = await execute(recorder([double]), 'CALL double_it(21, 3);');
		expect(error?.message).toContain('must be a script variable');
	});

	it('wrong arity is refused', async () => {
		const {error} = await execute(recorder([double]), 'CALL double_it(21);');
		expect(error?.message).toContain('expects 2 arguments but 1 were given');
	});

	it('an error inside names the procedure and its place', async () => {
		const inner = procedure('p.d.inner_one', [], 'BEGIN\n  SELECT fail;\nEND');
		const {error} = await execute(recorder([inner]), 'SELECT 1;\nCALL p.d.inner_one();');
		expect(error).toMatchObject({message: 'Query error: division by zero: 1 / 0 at [p.d.inner_one:2:3]', line: 2, column: 1});
	});

	it('a caller variable is out of sight in the procedure', async () => {
		const peek = procedure('peek', [], 'BEGIN SELECT hidden; END');
		expect(await runs('DECLARE hidden INT64 DEFAULT 3; CALL peek();', [peek])).toEqual(['SELECT hidden']);
	});
});

describe('transactions and dynamic SQL', () => {
	it('an open transaction is rolled back at the end', async () => {
		expect(await runs('BEGIN TRANSACTION; SELECT 1;')).toEqual(['begin', '1', 'rollback']);
	});

	it('COMMIT ends it', async () => {
		expect(await runs('BEGIN TRANSACTION; SELECT 1; COMMIT TRANSACTION;')).toEqual(['begin', '1', 'commit']);
	});

	it('COMMIT without one fails', async () => {
		const {error} = await execute(recorder(), 'COMMIT TRANSACTION;');
		expect(error?.message).toContain('there is no transaction to commit');
	});

	it('EXECUTE IMMEDIATE sees parameters and gives INTO', async () => {
		expect(await runs("DECLARE a INT64; EXECUTE IMMEDIATE 'SELECT ' || '5' INTO a; SELECT a;")).toEqual(['5', '5']);
	});
});
