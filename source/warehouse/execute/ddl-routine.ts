// CREATE FUNCTION, CREATE TABLE FUNCTION, CREATE PROCEDURE.
import {routineEntry, type CreateFunction, type CreateProcedure, type CreateTableFunction, type FunctionArgument, type StatementAnalysis} from '../../googlesql/index.js';
import {analyzerCatalog} from '../catalog/analyzer-catalog.js';
import type {Column} from '../../googlesql/types.js';
import type {StoredRoutine} from '../catalog/records.js';
import {SqlError} from '../contract.js';
import type {StatementOutcome} from '../script/runtime.js';
import {definedOnly, readOptions} from './ddl-options.js';
import {outcomeOf, resolveTarget} from './ddl-table.js';
import type {DdlTools} from './runtime.js';
import {newEtag} from './storage.js';
import {typeOfNode} from './type-node.js';

type CreateRoutine = CreateFunction | CreateTableFunction | CreateProcedure;

const types = {'create-function': 'SCALAR_FUNCTION', 'create-table-function': 'TABLE_VALUED_FUNCTION', 'create-procedure': 'PROCEDURE'} as const;
const words = {'create-function': 'FUNCTION', 'create-table-function': 'TABLE FUNCTION', 'create-procedure': 'PROCEDURE'} as const;

const argumentOf = ({name, type}: FunctionArgument): StoredRoutine['arguments'][number] => ({
	name: name.name,
	type: type.kind === 'table-type' || type.kind === 'any-type' ? undefined : typeOfNode(type),
	mode: 'IN',
	...(type.kind === 'table-type' ? {table: (type.columns ?? []).map(column => ({name: column.name.name, type: typeOfNode(column.type)}))} : {}),
});

const argumentsOf = (statement: CreateRoutine): StoredRoutine['arguments'] =>
	statement.kind === 'create-procedure' ? statement.arguments.map(({name, type, mode}) => ({name: name.name, type: type.kind === 'any-type' ? undefined : typeOfNode(type), mode})) : statement.arguments.map(argument => argumentOf(argument));

/** Output of a table function: as declared, otherwise that of its query. */
const columnsOf = (statement: CreateTableFunction, analysis: StatementAnalysis): readonly Column[] =>
	statement.returns?.columns?.map(({name, type}) => ({name: name.name, type: typeOfNode(type)})) ?? analysis.columnsOf(statement.query).map((column, index) => ({name: column.name ?? `f${index}_`, type: column.type}));

const bodyText = (statement: CreateRoutine, text: string): string => {
	const node = statement.kind === 'create-table-function' ? statement.query : statement.body;
	return node === undefined ? '' : text.slice(node.span.start, node.span.end);
};

/** CREATE TEMP FUNCTION: the function belongs to the job. */
const defineTemporary = (statement: CreateRoutine, analysis: StatementAnalysis, {session, request, scope}: DdlTools): void => {
	if (statement.kind !== 'create-function') {
		throw analysis.refuse(statement, `Temporary ${words[statement.kind].toLowerCase()}s are not supported by BigQuery`);
	}

	const {parts} = statement.path;
	if (parts.length !== 1) {
		throw analysis.refuse(statement.path, `Temporary functions may not be qualified, but this one is named ${parts.map(({name}) => name).join('.')}`);
	}

	const known = session.functions.entries();
	const {name} = parts[0]!;
	if (known.has(name.toLowerCase())) {
		if (statement.ifNotExists) {
			return;
		}

		if (!statement.orReplace) {
			throw analysis.refuse(statement.path, `Already Exists: Function ${name}`);
		}
	}

	const catalog = analyzerCatalog({store: session.engine.store, defaultDataset: request.defaultDataset, temporary: new Map(), temporaryRoutines: known});
	session.functions.define(routineEntry(statement, scope.text, [], analysis.returns, analysis.typeOfNode), statement, scope.text, catalog);
};

/** Creates or replaces a routine. The text as written is what is kept: definitions can be compared and restored letter by letter. */
export const createRoutine = async (statement: CreateRoutine, analysis: StatementAnalysis, tools: DdlTools): Promise<Partial<StatementOutcome>> => {
	if (statement.kind === 'create-function' && statement.body === undefined) {
		throw analysis.refuse(statement, 'Only SQL functions are supported by the embedded warehouse');
	}

	if (statement.isTemporary) {
		defineTemporary(statement, analysis, tools);
		return {};
	}

	const {engine} = tools.session;
	const target = resolveTarget(tools, statement.path);
	const existing = engine.store.findRoutine(...target);
	if (existing !== undefined && statement.ifNotExists) {
		return outcomeOf('routine', engine.project, target, 'SKIP');
	}

	if (existing !== undefined && !statement.orReplace) {
		throw new SqlError({reason: 'duplicate', message: `Already Exists: Routine ${engine.project}:${target.join('.')}`});
	}

	const {text} = tools.scope;
	const options = await readOptions(statement.options, tools.evaluate);
	const path = `\`${engine.project}.${target.join('.')}\``;
	const returns = statement.kind === 'create-function' ? (analysis.returns ?? (statement.returns === undefined ? undefined : typeOfNode(statement.returns))) : undefined;
	const record: StoredRoutine = {
		dataset: target[0],
		routine: target[1],
		type: types[statement.kind],
		language: 'SQL',
		arguments: argumentsOf(statement),
		...definedOnly({returns, description: options.description, defaultDataset: tools.request.defaultDataset}),
		...(statement.kind === 'create-table-function' ? {columns: columnsOf(statement, analysis)} : {}),
		body: bodyText(statement, text),
		ddl: `CREATE ${words[statement.kind]} ${path}${text.slice(statement.path.span.end, statement.span.end)};`,
		source: text.slice(statement.span.start, statement.span.end),
		etag: newEtag(),
		createdMs: existing?.createdMs ?? tools.nowMs,
		modifiedMs: tools.nowMs,
	};
	await tools.session.commitDdl(async () => [{operation: 'put', kind: 'routine', record}]);
	return outcomeOf('routine', engine.project, target, existing === undefined ? 'CREATE' : 'REPLACE');
};
