// Whole scripts and procedure bodies: every statement in order, with the variables and the tables that the ones before made.
// BigQuery resolves the names of a body only when it runs; this says beforehand what would be refused.
import type {AnalyzeOptions} from '../analysis.js';
import type {AnalyzerCatalog, RoutineEntry, TableEntry} from '../catalog.js';
import {GoogleSqlError, type Diagnostic} from '../diagnostics.js';
import type {CreateProcedure} from '../syntax/ddl.js';
import type {Statement} from '../syntax/script.js';
import type {Column, SqlType} from '../types.js';
import {analyzeStatement} from './statement.js';

type Environment = {
	readonly options: AnalyzeOptions;
	/** By lower-case path as written. */
	readonly tables: Map<string, TableEntry | undefined>;
	readonly routines: Map<string, RoutineEntry>;
	readonly diagnostics: Diagnostic[];
};

type Variables = ReadonlyMap<string, SqlType>;

/** Refusals of a script's statements, in order; a refused statement does not stop the others. Empty when all is well. */
export function analyzeScript(statements: readonly Statement[], options: AnalyzeOptions): readonly Diagnostic[] {
	const environment: Environment = {options, tables: new Map(), routines: new Map(), diagnostics: []};
	list(statements, environment, options.variables ?? new Map());
	return environment.diagnostics;
}

/** Refusals inside a procedure's body: against the catalog, its arguments and variables, and the tables it makes. */
export function analyzeProcedureBody(statement: CreateProcedure, options: AnalyzeOptions): readonly Diagnostic[] {
	const {typeOfNode} = analyzeStatement(statement, options);
	return analyzeScript([statement.body], {...options, variables: new Map(statement.arguments.map(({name, type}) => [name.name, typeOfNode(type)]))});
}

function catalogOf({options, tables, routines}: Environment): AnalyzerCatalog {
	return {
		findTable(path) {
			const key = path.join('.').toLowerCase();
			return tables.has(key) ? tables.get(key) : options.catalog.findTable(path);
		},
		findRoutine: (path, kind) => routines.get(`${kind} ${path.join('.').toLowerCase()}`) ?? options.catalog.findRoutine(path, kind),
	};
}

/** Analyzes the statements of one block; gives the variables as they stand after its last DECLARE. */
function list(statements: readonly Statement[], environment: Environment, outer: Variables): void {
	const variables = new Map(outer);
	for (const statement of statements) {
		try {
			one(statement, environment, variables);
		} catch (error) {
			if (!(error instanceof GoogleSqlError)) throw error;
			environment.diagnostics.push({reason: error.reason, message: error.message, line: error.line, column: error.column});
		}

		nested(statement, environment, variables);
	}
}

function one(statement: Statement, environment: Environment, variables: Map<string, SqlType>): void {
	if (statement.kind === 'block' || statement.kind === 'loop') return;
	const options = {...environment.options, catalog: catalogOf(environment), variables};
	const analysis = analyzeStatement(statement, options);
	switch (statement.kind) {
		case 'declare': {
			for (const name of statement.names) {
				for (const known of variables.keys()) if (known.toLowerCase() === name.name.toLowerCase()) variables.delete(known);
				variables.set(name.name, analysis.variableTypeOf(name)!);
			}

			return;
		}

		case 'create-table':
		case 'create-view':
		case 'create-snapshot-table': {
			const path = statement.path.parts.map(({name}) => name);
			environment.tables.set(path.join('.').toLowerCase(), {kind: statement.isTemporary ? 'temporary' : statement.kind === 'create-view' ? 'view' : 'table', path, columns: analysis.columns});
			return;
		}

		case 'alter': {
			alter(statement, environment, analysis.typeOfNode);
			return;
		}

		case 'drop': {
			environment.tables.set(statement.path.parts.map(({name}) => name).join('.').toLowerCase(), undefined);
			return;
		}

		case 'create-function':
		case 'create-table-function':
		case 'create-procedure': {
			const entry = routineEntry(statement, environment.options.text, analysis.columns, analysis.returns, analysis.typeOfNode);
			environment.routines.set(`${entry.kind} ${entry.path.join('.').toLowerCase()}`, entry);
			if (statement.kind === 'create-procedure') environment.diagnostics.push(...analyzeProcedureBody(statement, options));
			return;
		}

		default:
	}
}

/** ADD COLUMN, DROP COLUMN and RENAME COLUMN show in what later statements see. */
function alter(statement: Extract<Statement, {kind: 'alter'}>, environment: Environment, typeOfNode: (type: Extract<Extract<Statement, {kind: 'alter'}>['actions'][number], {kind: 'add-column'}>['column']['type']) => SqlType): void {
	const path = statement.path.parts.map(({name}) => name);
	const table = catalogOf(environment).findTable(path);
	if (table === undefined) return;
	const is = (column: Column, name: string) => column.name.toLowerCase() === name.toLowerCase();
	let {columns} = table;
	for (const action of statement.actions) {
		if (action.kind === 'add-column' && !columns.some(column => is(column, action.column.name.name))) columns = [...columns, {name: action.column.name.name, type: typeOfNode(action.column.type)}];
		if (action.kind === 'drop-column') columns = columns.filter(column => !is(column, action.column.name));
		if (action.kind === 'rename-column') columns = columns.map(column => (is(column, action.column.name) ? {...column, name: action.to.name} : column));
	}

	environment.tables.set(path.join('.').toLowerCase(), {...table, columns});
}

type CreateRoutine = Extract<Statement, {kind: 'create-function' | 'create-table-function' | 'create-procedure'}>;

/** The catalog's entry for a routine, from its CREATE statement and what the analyzer says of it. */
export function routineEntry(statement: CreateRoutine, text: string, columns: readonly Column[], returns: SqlType | undefined, typeOfNode: (type: CreateProcedure['arguments'][number]['type']) => SqlType): RoutineEntry {
	const path = statement.path.parts.map(({name}) => name);
	const values = statement.arguments.map(({name, type, ...rest}) => {
		const written = type.kind === 'table-type' ? undefined : typeOfNode(type);
		const table = type.kind === 'table-type' ? {table: (type.columns ?? []).map(column => ({name: column.name.name, type: typeOfNode(column.type)}))} : {};
		return {name: name.name, type: written?.kind === 'any' ? undefined : written, mode: 'mode' in rest ? rest.mode : ('IN' as const), ...table};
	});
	const base = {path, arguments: values, definition: {text, statement}};
	switch (statement.kind) {
		case 'create-function': {
			return {...base, kind: 'function', isAggregate: statement.isAggregate, ...(returns === undefined ? {} : {returns})};
		}

		case 'create-table-function': {
			return {...base, kind: 'table-function', columns};
		}

		case 'create-procedure': {
			return {...base, kind: 'procedure'};
		}
	}
}

function nested(statement: Statement, environment: Environment, variables: Map<string, SqlType>): void {
	switch (statement.kind) {
		case 'block': {
			list(statement.statements, environment, variables);
			list(statement.exception ?? [], environment, variables);
			return;
		}

		case 'if':
		case 'case-statement': {
			for (const branch of statement.branches) list(branch.statements, environment, variables);
			list(statement.otherwise ?? [], environment, variables);
			return;
		}

		case 'loop':
		case 'while':
		case 'repeat': {
			list(statement.statements, environment, variables);
			return;
		}

		case 'for': {
			const type = rowTypeOf(statement, environment, variables);
			list(statement.statements, environment, new Map([...variables, [statement.variable.name, type]]));
			return;
		}

		default:
	}
}

function rowTypeOf(statement: Extract<Statement, {kind: 'for'}>, environment: Environment, variables: Variables): SqlType {
	try {
		return analyzeStatement(statement, {...environment.options, catalog: catalogOf(environment), variables}).variableTypeOf(statement.variable) ?? {kind: 'any'};
	} catch {
		// Already told of by the statement itself.
		return {kind: 'any'};
	}
}
