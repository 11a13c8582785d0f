// CREATE, ALTER, DROP: columns, bodies, and what must exist.
import type {CreateFunction, CreateTable, CreateTableFunction, CreateView, DdlStatement, FunctionArgument} from '../syntax/ddl.js';
import type {OptionEntry, Path} from '../syntax/name.js';
import {anyType, coercionCost, isOrderable, typeText} from '../type-rules.js';
import type {Column, SqlType} from '../types.js';
import {analyzeDefault} from './default-value.js';
import {analyze, coerce, plainFrame, resolveType} from './expression.js';
import {makeSource, namesOf} from './from.js';
import {analyzeQuery} from './query.js';
import {emptyScope, sameName, within} from './scope.js';
import type {Session} from './session.js';

export type DdlShape = {readonly columns: readonly Column[]; readonly returns: SqlType | undefined};

const nothing: DdlShape = {columns: [], returns: undefined};

/** Analyzes a DDL statement; gives the columns of what it makes and the type a function returns. */
export function analyzeDdl(session: Session, statement: DdlStatement, templates?: readonly SqlType[]): DdlShape {
	switch (statement.kind) {
		case 'create-table': {
			return createTable(session, statement);
		}

		case 'create-snapshot-table': {
			const columns = existing(session, statement.source);
			if (statement.systemTime !== undefined) analyze(session, statement.systemTime, plainFrame(emptyScope, 'FOR SYSTEM_TIME AS OF clause'));
			options(session, statement.options);
			return {columns, returns: undefined};
		}

		case 'create-view': {
			return createView(session, statement);
		}

		case 'create-function': {
			return {columns: [], returns: createFunction(session, statement, templates)};
		}

		case 'create-table-function': {
			return createTableFunction(session, statement);
		}

		case 'create-procedure': {
			for (const argument of statement.arguments) resolveType(session, argument.type);
			return nothing;
		}

		case 'create-schema': {
			options(session, statement.options);
			return nothing;
		}

		case 'alter': {
			const columns = statement.object === 'schema' ? [] : statement.ifExists ? (session.options.catalog.findTable(statement.path.parts.map(({name}) => name))?.columns ?? []) : existing(session, statement.path);
			for (const action of statement.actions) {
				if (action.kind === 'set-options') options(session, action.options);
				if (action.kind === 'add-column') {
					resolveType(session, action.column.type);
					if (action.column.default !== undefined) throw session.error(action.column.default, `Adding column ${action.column.name.name} with a default value to an existing table is not supported. Add the column first, then use ALTER TABLE ... ALTER COLUMN ${action.column.name.name} SET DEFAULT`);
				}

				if (action.kind === 'alter-column' && action.change.kind === 'set-data-type') resolveType(session, action.change.type);
				if (action.kind === 'alter-column' && action.change.kind === 'set-default') {
					// A column that is not there, or was added by the same statement, is named when the statement runs.
					const column = columns.find(({name}) => sameName(name, action.column.name));
					if (column === undefined) analyze(session, action.change.value, plainFrame(emptyScope, 'DEFAULT expression'));
					else analyzeDefault(session, action.change.value, column);
				}
			}

			return nothing;
		}

		case 'export-data': {
			analyzeQuery(session, statement.query, emptyScope);
			return nothing;
		}

		default: {
			return nothing;
		}
	}
}

function existing(session: Session, path: Path): readonly Column[] {
	const parts = path.parts.map(({name}) => name);
	const table = session.options.catalog.findTable(parts);
	if (table === undefined) throw session.tableNotFound(parts);
	session.useTable(table);
	return table.columns;
}

function options(session: Session, entries: readonly OptionEntry[]): void {
	for (const {value} of entries) analyze(session, value, plainFrame(emptyScope, 'OPTIONS'));
}

function createTable(session: Session, statement: CreateTable): DdlShape {
	const declared = statement.columns?.map(column => {
		const type = resolveType(session, column.type);
		if (column.default !== undefined) analyzeDefault(session, column.default, {name: column.name.name, type, isRequired: column.isRequired});
		return {name: column.name.name, type, isRequired: column.isRequired, node: column};
	});
	for (const [index, column] of (declared ?? []).entries()) {
		if (declared!.findIndex(other => sameName(other.name, column.name)) !== index) throw session.error(column.node, `Duplicate column name ${column.name} in CREATE TABLE`);
	}

	const origin = statement.origin === undefined ? undefined : existing(session, statement.origin.path);
	if (statement.origin?.systemTime !== undefined) analyze(session, statement.origin.systemTime, plainFrame(emptyScope, 'FOR SYSTEM_TIME AS OF clause'));
	const selected = statement.query === undefined ? undefined : queryColumns(session, statement.query, 'CREATE TABLE', declared !== undefined);
	if (declared !== undefined && selected !== undefined) {
		if (declared.length !== selected.length) throw session.error(statement.query!, `The number of columns in the column definition list does not match the number of columns produced by the query`);
		for (const [index, {name, type}] of declared.entries()) {
			if (coercionCost(selected[index]!.type, type) === undefined) throw session.error(statement.query!, `Column ${name} has type ${typeText(selected[index]!.type)} which cannot be coerced to ${typeText(type)}`);
		}
	}

	const columns: readonly Column[] = (declared ?? selected ?? origin ?? []).map(column => ({name: column.name, type: column.type, ...('isRequired' in column && column.isRequired ? {isRequired: true} : {})}));
	const scope = within(emptyScope, namesOf(makeSource(undefined, {kind: 'dml-target', table: {kind: 'table', path: statement.path.parts.map(({name}) => name), columns}}, columns)));
	if (statement.partitionBy !== undefined) {
		const {type} = analyze(session, statement.partitionBy, plainFrame(scope, 'PARTITION BY clause'));
		const isGood = type.kind === 'scalar' && ['DATE', 'TIMESTAMP', 'DATETIME', 'INT64'].includes(type.name);
		if (!isGood) throw session.error(statement.partitionBy, `PARTITION BY expression must be DATE(<timestamp_column>), DATE(<datetime_column>), DATETIME_TRUNC(<datetime_column>, DAY/HOUR/MONTH/YEAR), a DATE column, TIMESTAMP_TRUNC(<timestamp_column>, DAY/HOUR/MONTH/YEAR), DATE_TRUNC(<date_column>, MONTH/YEAR), or RANGE_BUCKET(<int64_column>, GENERATE_ARRAY(<int64_value>, <int64_value>[, <int64_value>]))`);
	}

	for (const name of statement.clusterBy) {
		const column = columns.find(one => sameName(one.name, name.name));
		if (column === undefined) throw session.error(name, `Unrecognized name: ${name.name}`);
		if (!isOrderable(column.type)) throw session.error(name, `CLUSTER BY expression must not have type ${typeText(column.type)}`);
	}

	options(session, statement.options);
	return {columns, returns: undefined};
}

function queryColumns(session: Session, query: CreateView['query'], what: string, mayBeNameless: boolean): readonly Column[] {
	const {columns, valueType} = analyzeQuery(session, query, emptyScope);
	const shown = valueType?.kind === 'struct' ? valueType.fields : columns;
	const seen = new Set<string>();
	return shown.map(({name, type}, index) => {
		if (!mayBeNameless) {
			if (name === undefined) throw session.error(query, `${what} columns must be named, but column ${index + 1} has no name`);
			if (seen.has(name.toLowerCase())) throw session.error(query, `${what} has columns with duplicate name ${name}`);
			seen.add(name.toLowerCase());
		}

		return {name: name ?? '', type};
	});
}

function createView(session: Session, statement: CreateView): DdlShape {
	const selected = queryColumns(session, statement.query, 'CREATE VIEW', statement.columns.length > 0);
	options(session, statement.options);
	if (statement.columns.length === 0) return {columns: selected, returns: undefined};
	if (statement.columns.length !== selected.length) throw session.error(statement.query, `The number of view columns does not match the number of columns produced by the query: ${statement.columns.length} and ${selected.length}`);
	return {columns: selected.map(({type}, index) => ({name: statement.columns[index]!.name.name, type})), returns: undefined};
}

function declareArguments(session: Session, values: readonly FunctionArgument[], templates?: readonly SqlType[]): void {
	for (const [index, {name, type}] of values.entries()) {
		const key = name.name.toLowerCase();
		if (session.arguments.has(key) || session.tableArguments.has(key)) throw session.error(name, `Duplicate argument name ${name.name}`);
		if (type.kind === 'table-type') {
			session.tableArguments.set(key, {name: name.name, columns: (type.columns ?? []).map(column => ({name: column.name.name, type: resolveType(session, column.type)}))});
		} else {
			const resolved = resolveType(session, type);
			session.arguments.set(key, {name: name.name, type: resolved.kind === 'any' ? (templates?.[index] ?? resolved) : resolved});
		}
	}
}

function createFunction(session: Session, statement: CreateFunction, templates: readonly SqlType[] | undefined): SqlType | undefined {
	declareArguments(session, statement.arguments, templates);
	const declared = statement.returns === undefined ? undefined : resolveType(session, statement.returns);
	if (statement.language !== undefined) throw session.error(statement.language, `Functions in ${statement.language.name} are not supported by the embedded warehouse`);
	const candidate = analyze(session, statement.body!, {scope: emptyScope, clause: 'SQL function body', allowsAggregate: statement.isAggregate, allowsAnalytic: false});
	if (declared !== undefined) {
		coerce(session, statement.body!, candidate, declared, () => session.error(statement.body!, `Function declared to return ${typeText(declared)} but the function body produces incompatible type ${typeText(candidate.type)}`));
		return declared;
	}

	const isTemplate = templates === undefined && statement.arguments.some(({type}) => type.kind === 'any-type');
	return isTemplate || candidate.type === anyType ? undefined : candidate.type;
}

function createTableFunction(session: Session, statement: CreateTableFunction): DdlShape {
	declareArguments(session, statement.arguments);
	const columns = queryColumns(session, statement.query, 'CREATE TABLE FUNCTION', false);
	const declared = statement.returns?.columns;
	if (declared === undefined) return {columns, returns: undefined};
	const result = declared.map(column => ({name: column.name.name, type: resolveType(session, column.type)}));
	for (const {name, type} of result) {
		const given = columns.find(column => sameName(column.name, name));
		if (given === undefined) throw session.error(statement.query, `Column ${name} in the declared schema of the table function is not produced by its query`);
		if (coercionCost(given.type, type) === undefined) throw session.error(statement.query, `Column ${name} has type ${typeText(given.type)} but the declared schema of the table function has type ${typeText(type)}`);
	}

	return {columns: result, returns: undefined};
}
