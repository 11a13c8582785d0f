// Statements: what they read, what they make, and whether their parts fit.
import type {AnalyzeOptions, Source, StatementAnalysis} from '../analysis.js';
import type {TableEntry} from '../catalog.js';
import type {CreateFunction, CreateTable, CreateTableFunction, FunctionArgument} from '../syntax/ddl.js';
import type {Assignment, DmlTarget, InsertStatement, MergeAction, MergeStatement} from '../syntax/dml.js';
import type {Expression} from '../syntax/expression.js';
import type {Statement} from '../syntax/script.js';
import {statementTypeOf} from '../statement-type.js';
import type {Column, SqlType} from '../types.js';
import {analyzeAs, analyzeCondition, analyzeExpression} from './analyze-expression.js';
import {analyzeFrom, asColumns, findTable} from './analyze-from.js';
import {analyzeQuery} from './analyze-query.js';
import {Context, emptyScope, plainPlace, type Scope} from './context.js';
import {anyType, coercionCost, isSame, scalar, typeName} from './type-rules.js';

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** Options of one statement; `templateArguments` are the types that ANY TYPE arguments stand for. */
export type StatementOptions = AnalyzeOptions & {readonly templateArguments?: readonly SqlType[]};

/**
 * Analyzes one statement.
 * @throws GoogleSqlError with BigQuery's wording and `[line:column]`.
 */
export function analyzeStatement(statement: Statement, options: StatementOptions): StatementAnalysis {
	const context = new Context(options);
	const {columns, returns} = analyzeKind(context, statement, options);
	const analysis = context.notes.toAnalysis(target => {
		const name = target.kind === 'identifier' ? target.name : target.kind === 'set-variable' ? target.name.name : undefined;
		return name === undefined ? undefined : [...(options.variables ?? [])].find(([declared]) => same(declared, name))?.[1];
	});
	return {...analysis, statementType: statementTypeOf(statement), columns, returns, referencedTables: [...context.tables.values()], referencedRoutines: [...context.routines.values()]};
}

type Made = {readonly columns: readonly Column[]; readonly returns: SqlType | undefined};

const nothing: Made = {columns: [], returns: undefined};

function analyzeKind(context: Context, statement: Statement, options: StatementOptions): Made {
	switch (statement.kind) {
		case 'query-statement': {
			const {columns} = analyzeQuery(context, emptyScope, statement.query);
			return {...nothing, columns: asColumns(columns)};
		}

		case 'insert': {
			analyzeInsert(context, statement);
			return nothing;
		}

		case 'update': {
			const target = targetSource(context, statement.target);
			const from = statement.from === undefined ? undefined : analyzeFrom(context, {...emptyScope, sources: [target]}, statement.from);
			const scope: Scope = {...emptyScope, sources: [target, ...(from?.sources ?? [])], using: from?.using ?? []};
			analyzeAssignments(context, scope, target, statement.assignments);
			analyzeCondition(context, scope, statement.where, plainPlace('WHERE clause'));
			return nothing;
		}

		case 'delete': {
			const target = targetSource(context, statement.target);
			analyzeCondition(context, {...emptyScope, sources: [target]}, statement.where, plainPlace('WHERE clause'));
			return nothing;
		}

		case 'merge': {
			analyzeMerge(context, statement);
			return nothing;
		}

		case 'truncate': {
			findTable(context, statement.target);
			return nothing;
		}

		case 'create-table': {
			return analyzeCreateTable(context, statement);
		}

		case 'create-snapshot-table': {
			findTable(context, statement.source);
			if (statement.systemTime !== undefined) analyzeAs(context, emptyScope, statement.systemTime, scalar('TIMESTAMP'), plainPlace('FOR SYSTEM_TIME AS OF'), type => `FOR SYSTEM_TIME AS OF must be of type TIMESTAMP but was of type ${type}`);
			return nothing;
		}

		case 'create-view': {
			const {columns} = analyzeQuery(context, emptyScope, statement.query);
			if (statement.columns.length > 0 && statement.columns.length !== columns.length) throw context.fail(statement.span, `The number of view column definitions in CREATE VIEW (${statement.columns.length}) does not match the number of columns produced by the query (${columns.length})`);
			assertNamed(context, columns, statement.span, 'CREATE VIEW', statement.columns.length > 0);
			return {...nothing, columns: asColumns(columns)};
		}

		case 'create-function': {
			return analyzeFunction(context, statement, options.templateArguments);
		}

		case 'create-table-function': {
			return analyzeTableFunction(context, statement);
		}

		default: {
			return nothing;
		}
	}
}

function assertNamed(context: Context, columns: readonly {readonly name: string | undefined}[], span: Statement['span'], what: string, isNamedElsewhere: boolean): void {
	const seen = new Set<string>();
	for (const [index, {name}] of columns.entries()) {
		if (isNamedElsewhere) return;
		if (name === undefined) throw context.fail(span, `${what} columns must be named, but column ${index + 1} has no name`);
		if (seen.has(name.toLowerCase())) throw context.fail(span, `Duplicate column names in the result are not supported when a destination table is present. Found duplicate(s): ${name}`);
		seen.add(name.toLowerCase());
	}
}

function targetSource(context: Context, target: DmlTarget): Source {
	const table = findTable(context, target.path);
	if (table.kind !== 'table' && table.kind !== 'temporary') throw context.fail(target.path.span, `DML over ${table.path.join('.')} is not supported: it is a ${table.kind}`);
	return {name: target.alias?.name ?? target.path.parts.at(-1)!.name, origin: {kind: 'dml-target', table}, columns: table.columns, pseudoColumns: [], valueType: undefined, offsetName: undefined};
}

function columnOf(context: Context, table: TableEntry, name: string, span: Statement['span']): Column {
	const column = table.columns.find(candidate => same(candidate.name, name));
	if (column === undefined) throw context.fail(span, `Column ${name} is not present in table ${table.path.join('.')}`);
	return column;
}

function assign(context: Context, scope: Scope, value: Expression, column: Column): void {
	if (value.kind === 'default') {
		context.notes.types.set(value, column.type);
		return;
	}

	analyzeAs(context, scope, value, column.type, plainPlace('DML'), type => `Value of type ${type} cannot be assigned to ${column.name}, which has type ${typeName(column.type)}`);
}

function analyzeInsert(context: Context, statement: InsertStatement): void {
	const target = targetSource(context, statement.target);
	const table = (target.origin as Extract<Source['origin'], {readonly kind: 'dml-target'}>).table;
	const columns = statement.columns.length === 0 ? table.columns : statement.columns.map(({name, span}) => columnOf(context, table, name, span));
	const seen = new Set<string>();
	for (const {name, span} of statement.columns) {
		if (seen.has(name.toLowerCase())) throw context.fail(span, `INSERT has columns with duplicate name: ${name}`);
		seen.add(name.toLowerCase());
	}

	context.notes.insertColumns.set(statement, columns);
	const {source} = statement;
	if (source.kind === 'insert-values') {
		for (const row of source.rows) {
			if (row.values.length !== columns.length) throw context.fail(row.span, `Inserted row has wrong column count; Has ${row.values.length}, expected ${columns.length}`);
			for (const [index, value] of row.values.entries()) assign(context, emptyScope, value, columns[index]!);
		}

		return;
	}

	const result = analyzeQuery(context, emptyScope, source.query);
	if (result.columns.length !== columns.length) throw context.fail(source.span, `Inserted row has wrong column count; Has ${result.columns.length}, expected ${columns.length}`);
	context.notes.insertCoercions.set(statement, result.columns.map((column, index) => {
		const {name, type} = columns[index]!;
		if (coercionCost({type: column.type, isLiteral: isLiteralOutput(context, source.query.body, index)}, type) === undefined) throw context.fail(source.span, `Query column ${index + 1} has type ${typeName(column.type)} which cannot be inserted into column ${name}, which has type ${typeName(type)}`);
		return isSame(column.type, type) ? undefined : type;
	}));
}

function isLiteralOutput(context: Context, body: import('../syntax/query.js').QueryBody, index: number): boolean {
	const column = body.kind === 'select' ? context.notes.selectColumns.find(body)?.[index] : undefined;
	const expression = column?.value.kind === 'item' ? column.value.item.expression : undefined;
	return expression !== undefined && ['null', 'string', 'int', 'float', 'parameter'].includes(expression.kind);
}

function analyzeAssignments(context: Context, scope: Scope, target: Source, assignments: readonly Assignment[]): void {
	const table = (target.origin as Extract<Source['origin'], {readonly kind: 'dml-target'}>).table;
	const seen = new Set<string>();
	for (const {target: path, targetSpan, value} of assignments) {
		const [first, ...rest] = path.map(part => part.name);
		const names = rest.length > 0 && same(first!, target.name ?? '') ? rest : [first!, ...rest];
		const column = columnOf(context, table, names[0]!, targetSpan);
		const key = names.join('.').toLowerCase();
		if (seen.has(key)) throw context.fail(targetSpan, `Update item ${names.join('.')} assigned more than once`);
		seen.add(key);
		let {type} = column;
		for (const name of names.slice(1)) {
			const field = type.kind === 'struct' ? type.fields.find(candidate => candidate.name !== undefined && same(candidate.name, name)) : undefined;
			if (field === undefined) throw context.fail(targetSpan, `Field name ${name} does not exist in ${typeName(type)}`);
			type = field.type;
		}

		assign(context, scope, value, {name: names.join('.'), type});
	}
}

function analyzeMerge(context: Context, statement: MergeStatement): void {
	const target = targetSource(context, statement.target);
	const from = analyzeFrom(context, emptyScope, statement.source);
	const both: Scope = {...emptyScope, sources: [target, ...from.sources], using: from.using};
	analyzeCondition(context, both, statement.on, plainPlace('MERGE ON clause'));
	for (const {match, condition, action} of statement.branches) {
		const scope: Scope = match === 'matched' ? both : match === 'not-matched-by-target' ? {...emptyScope, sources: from.sources, using: from.using} : {...emptyScope, sources: [target]};
		if (condition !== undefined) analyzeCondition(context, scope, condition, plainPlace('WHEN clause'));
		analyzeAction(context, scope, target, from.sources, action);
	}
}

function analyzeAction(context: Context, scope: Scope, target: Source, sources: readonly Source[], action: MergeAction): void {
	const table = (target.origin as Extract<Source['origin'], {readonly kind: 'dml-target'}>).table;
	if (action.kind === 'merge-update') {
		analyzeAssignments(context, scope, target, action.assignments);
	} else if (action.kind === 'merge-insert' || action.kind === 'merge-insert-row') {
		const columns = action.columns.length === 0 ? table.columns : action.columns.map(({name, span}) => columnOf(context, table, name, span));
		context.notes.insertColumns.set(action, columns);
		if (action.kind === 'merge-insert') {
			if (action.values.length !== columns.length) throw context.fail(action.span, `Inserted row has wrong column count; Has ${action.values.length}, expected ${columns.length}`);
			for (const [index, value] of action.values.entries()) assign(context, scope, value, columns[index]!);
		} else if (sources.flatMap(source => source.columns).length !== columns.length) {
			throw context.fail(action.span, `INSERT ROW: the source has ${sources.flatMap(source => source.columns).length} columns, expected ${columns.length}`);
		}
	}
}

function analyzeCreateTable(context: Context, statement: CreateTable): Made {
	for (const column of statement.columns ?? []) {
		const type = context.typeOfNode(column.type);
		if (column.default !== undefined) analyzeAs(context, emptyScope, column.default, type, plainPlace('column default'), found => `Column ${column.name.name} has type ${typeName(type)}, but its DEFAULT has type ${found}`);
	}

	if (statement.origin !== undefined) {
		findTable(context, statement.origin.path);
		if (statement.origin.systemTime !== undefined) analyzeAs(context, emptyScope, statement.origin.systemTime, scalar('TIMESTAMP'), plainPlace('FOR SYSTEM_TIME AS OF'), type => `FOR SYSTEM_TIME AS OF must be of type TIMESTAMP but was of type ${type}`);
	}

	if (statement.query === undefined) return nothing;
	const {columns} = analyzeQuery(context, emptyScope, statement.query);
	assertNamed(context, columns, statement.span, 'CREATE TABLE', statement.columns !== undefined);
	return {...nothing, columns: asColumns(columns)};
}

const argumentType = (context: Context, argument: FunctionArgument): SqlType => (argument.type.kind === 'table-type' ? anyType : context.typeOfNode(argument.type));

function bindArguments(context: Context, arguments_: readonly FunctionArgument[], templates: readonly SqlType[] | undefined): void {
	const bound = new Map<string, {readonly name: string; readonly type: SqlType}>();
	const tables = new Map<string, {readonly name: string; readonly columns: readonly Column[]}>();
	for (const [index, argument] of arguments_.entries()) {
		const {name} = argument.name;
		if (argument.type.kind === 'table-type') {
			tables.set(name.toLowerCase(), {name, columns: (argument.type.columns ?? []).map(column => ({name: column.name.name, type: context.typeOfNode(column.type)}))});
			continue;
		}

		const type = argumentType(context, argument);
		bound.set(name.toLowerCase(), {name, type: type.kind === 'any' ? (templates?.[index] ?? anyType) : type});
	}

	context.arguments = bound;
	context.tableArguments = tables;
}

function analyzeFunction(context: Context, statement: CreateFunction, templates: readonly SqlType[] | undefined): Made {
	if (statement.language !== undefined && statement.language.name.toUpperCase() !== 'SQL') throw context.fail(statement.language.span, `Functions in ${statement.language.name} are not supported by the embedded warehouse`);
	if (statement.body === undefined) throw context.fail(statement.span, 'A SQL function must have a body');
	bindArguments(context, statement.arguments, templates);
	const isTemplate = [...context.arguments.values()].some(({type}) => type.kind === 'any');
	const declared = statement.returns === undefined ? undefined : context.typeOfNode(statement.returns);
	if (isTemplate) return {...nothing, returns: declared};
	const type = analyzeExpression(context, emptyScope, statement.body, statement.isAggregate ? {aggregates: 'allowed', clause: 'function body'} : plainPlace('SQL function body'));
	if (declared !== undefined && coercionCost({type, isLiteral: true}, declared) === undefined) throw context.fail(statement.body.span, `Function declared to return ${typeName(declared)} but the function body produces incompatible type ${typeName(type)}`);
	return {...nothing, returns: declared ?? type};
}

function analyzeTableFunction(context: Context, statement: CreateTableFunction): Made {
	bindArguments(context, statement.arguments, undefined);
	const {columns} = analyzeQuery(context, emptyScope, statement.query);
	assertNamed(context, columns, statement.span, 'CREATE TABLE FUNCTION', false);
	return {...nothing, columns: asColumns(columns)};
}
