// CREATE FUNCTION, CREATE TABLE FUNCTION, CREATE PROCEDURE.
import type {CreateFunction, CreateProcedure, CreateTableFunction, FunctionArgument, StatementAnalysis} from '../../googlesql/index.js';
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

const argumentOf = ({name, type}: FunctionArgument): StoredRoutine['arguments'][number] => ({name: name.name, type: type.kind === 'table-type' || type.kind === 'any-type' ? undefined : typeOfNode(type), mode: 'IN'});

const argumentsOf = (statement: CreateRoutine): StoredRoutine['arguments'] =>
	statement.kind === 'create-procedure' ? statement.arguments.map(({name, type, mode}) => ({name: name.name, type: type.kind === 'any-type' ? undefined : typeOfNode(type), mode})) : statement.arguments.map(argument => argumentOf(argument));

/** Output of a table function: as declared, otherwise that of its query. */
const columnsOf = (statement: CreateTableFunction, analysis: StatementAnalysis): readonly Column[] =>
	statement.returns?.columns?.map(({name, type}) => ({name: name.name, type: typeOfNode(type)})) ?? analysis.columnsOf(statement.query).map((column, index) => ({name: column.name ?? `f${index}_`, type: column.type}));

const bodyText = (statement: CreateRoutine, text: string): string => {
	const node = statement.kind === 'create-table-function' ? statement.query : statement.body;
	return node === undefined ? '' : text.slice(node.span.start, node.span.end);
};

/** Creates or replaces a routine. The text as written is what is kept: definitions can be compared and restored letter by letter. */
export const createRoutine = async (statement: CreateRoutine, analysis: StatementAnalysis, tools: DdlTools): Promise<Partial<StatementOutcome>> => {
	if (statement.isTemporary) {
		throw new SqlError({reason: 'invalidQuery', message: 'Temporary functions are not supported by the embedded warehouse; create the function in a dataset'});
	}

	if (statement.kind === 'create-function' && statement.body === undefined) {
		throw new SqlError({reason: 'invalidQuery', message: 'Only SQL functions are supported by the embedded warehouse'});
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
