// One statement: names, types and rules; the answer is the annotations.
import type {AnalyzeOptions, StatementAnalysis} from '../analysis.js';
import type {Expression} from '../syntax/expression.js';
import type {Statement} from '../syntax/script.js';
import {statementTypeOf} from '../statement-type.js';
import {coercionCost, costOf, scalar, typeText} from '../type-rules.js';
import type {Column, SqlType} from '../types.js';
import {analyzeDdl} from './ddl.js';
import {analyzeDml} from './dml.js';
import {analyzeDefault} from './default-value.js';
import {systemVariableType} from './construct.js';
import {analyze, analyzeCondition, coerce, plainFrame, resolveType} from './expression.js';
import {named} from './from.js';
import {analyzeQuery} from './query.js';
import {emptyScope} from './scope.js';
import {Session} from './session.js';

/** Options of one statement; `templateArguments` are the types that the ANY TYPE arguments of CREATE FUNCTION stand for. */
export type StatementOptions = AnalyzeOptions & {readonly templateArguments?: readonly SqlType[]};

/**
 * Analyzes one statement; of a procedural statement its own expressions, not the statements inside it.
 * Throws GoogleSqlError at the first refusal.
 */
export function analyzeStatement(statement: Statement, options: StatementOptions): StatementAnalysis {
	const session = new Session(options);
	let columns: readonly Column[] = [];
	let returns: SqlType | undefined;
	switch (statement.kind) {
		case 'query-statement': {
			const shape = analyzeQuery(session, statement.query, emptyScope);
			// A value table of structs is shown by their fields.
			columns = named(shape.valueType?.kind === 'struct' ? shape.valueType.fields : shape.columns).map((column, index) => (column.name === '' ? {...column, name: `f${index}_`} : column));
			break;
		}

		case 'insert':
		case 'update':
		case 'delete':
		case 'merge':
		case 'truncate': {
			analyzeDml(session, statement);
			break;
		}

		case 'create-table':
		case 'create-snapshot-table':
		case 'create-view':
		case 'create-function':
		case 'create-table-function':
		case 'create-procedure':
		case 'create-schema':
		case 'drop':
		case 'alter':
		case 'export-data':
		case 'load-data': {
			({columns, returns} = analyzeDdl(session, statement, options.templateArguments));
			break;
		}

		default: {
			analyzeProcedural(session, statement);
		}
	}

	return annotationsOf(session, statementTypeOf(statement), columns, returns);
}

/**
 * Analyzes an expression on its own, with the variables and parameters of the options. With a target it is coerced as in an
 * assignment to a variable of that type; `returns` is the type it has in the end.
 */
export function analyzeExpression(expression: Expression, options: AnalyzeOptions & {readonly target?: SqlType}): StatementAnalysis {
	const session = new Session(options);
	const {target} = options;
	const candidate = analyze(session, expression, plainFrame(emptyScope, 'expression'));
	if (target !== undefined) coerce(session, expression, candidate, target, () => session.error(expression, `Cannot coerce expression of type ${typeText(candidate.type)} to type ${typeText(target)}`));
	return annotationsOf(session, 'SCRIPT', [], target === undefined || target.kind === 'any' ? session.typeOf(expression) : target);
}

/** Analyzes the default expression of a column, as it stands in the catalog; it has the column's type in the end. */
export function analyzeColumnDefault(expression: Expression, column: Column, options: AnalyzeOptions): StatementAnalysis {
	const session = new Session(options);
	analyzeDefault(session, expression, column);
	return annotationsOf(session, 'SCRIPT', [], column.type);
}

type Procedural = Exclude<Statement, {kind: 'query-statement' | 'insert' | 'update' | 'delete' | 'merge' | 'truncate' | 'create-table' | 'create-snapshot-table' | 'create-view' | 'create-function' | 'create-table-function' | 'create-procedure' | 'create-schema' | 'drop' | 'alter' | 'export-data' | 'load-data'}>;

function analyzeProcedural(session: Session, statement: Procedural): void {
	const condition = (expression: Expression, clause: string) => {
		analyzeCondition(session, expression, plainFrame(emptyScope, clause));
	};

	const text = (expression: Expression, what: string) => {
		const candidate = analyze(session, expression, plainFrame(emptyScope, what));
		coerce(session, expression, candidate, scalar('STRING'), () => session.error(expression, `${what} must be of type STRING, but has type ${typeText(candidate.type)}`));
	};

	switch (statement.kind) {
		case 'declare': {
			declare(session, statement);
			return;
		}

		case 'set': {
			set(session, statement);
			return;
		}

		case 'if': {
			for (const branch of statement.branches) condition(branch.condition, 'IF condition');
			return;
		}

		case 'case-statement': {
			const searched = statement.operand === undefined;
			if (searched) for (const {when} of statement.branches) condition(when, 'CASE condition');
			else {
				const branches = statement.branches.map(({when}) => ({when, then: {kind: 'bool' as const, value: true, span: when.span}}));
				analyze(session, {kind: 'case', operand: statement.operand, branches, otherwise: undefined, span: statement.span}, plainFrame(emptyScope, 'CASE'));
			}

			return;
		}

		case 'while': {
			condition(statement.condition, 'WHILE condition');
			return;
		}

		case 'repeat': {
			condition(statement.until, 'UNTIL condition');
			return;
		}

		case 'for': {
			const {columns} = analyzeQuery(session, statement.query, emptyScope);
			session.variableTypes.set(statement.variable, {kind: 'struct', fields: columns.map(({name, type}) => ({name, type}))});
			return;
		}

		case 'raise': {
			if (statement.message !== undefined) text(statement.message, 'RAISE message');
			return;
		}

		case 'assert': {
			condition(statement.condition, 'ASSERT expression');
			return;
		}

		case 'execute-immediate': {
			text(statement.sql, 'EXECUTE IMMEDIATE statement');
			for (const {value} of statement.using) analyze(session, value, plainFrame(emptyScope, 'USING clause'));
			for (const name of statement.into) session.variableTypes.set(name, variable(session, name));
			return;
		}

		case 'call': {
			call(session, statement);
			return;
		}

		default:
	}
}

function variable(session: Session, name: {readonly name: string; readonly span: {readonly start: number}}): SqlType {
	const found = session.variables.get(name.name.toLowerCase());
	if (found === undefined) throw session.error(name, `Undeclared variable: ${name.name}`);
	return found.type;
}

function declare(session: Session, statement: Extract<Statement, {kind: 'declare'}>): void {
	const declared = statement.type === undefined ? undefined : resolveType(session, statement.type);
	let type = declared;
	if (statement.default !== undefined) {
		const candidate = analyze(session, statement.default, plainFrame(emptyScope, 'DECLARE DEFAULT clause'));
		type = declared ?? session.typeOf(statement.default);
		if (declared !== undefined) coerce(session, statement.default, candidate, declared, () => session.error(statement.default!, `Cannot coerce expression of type ${typeText(candidate.type)} to type ${typeText(declared)}`));
	}

	for (const name of statement.names) session.variableTypes.set(name, type!);
}

function set(session: Session, statement: Extract<Statement, {kind: 'set'}>): void {
	const types = statement.targets.map(target => {
		if (target.kind === 'set-variable') {
			const type = variable(session, target.name);
			session.variableTypes.set(target, type);
			return type;
		}

		const type = systemVariableType(target.names);
		if (type === undefined) throw session.error(target, `Unrecognized name: @@${target.names.join('.')}`);
		return type;
	});
	const candidate = analyze(session, statement.value, plainFrame(emptyScope, 'SET statement'));
	const given = candidate.type;
	const isOne = !statement.isTuple || (types.length === 1 && given.kind !== 'struct');
	const refuse = (from: SqlType, to: SqlType) => session.error(statement.value, `Cannot coerce expression of type ${typeText(from)} to type ${typeText(to)}`);
	if (isOne) {
		coerce(session, statement.value, candidate, types[0]!, () => refuse(given, types[0]!));
		return;
	}

	if (given.kind !== 'struct' || given.fields.length !== types.length) throw session.error(statement.value, `Number of fields in SET value does not match the number of variables: expected ${types.length}, got ${given.kind === 'struct' ? given.fields.length : 1}`);
	for (const [index, type] of types.entries()) {
		if (costOf(candidate.fields?.[index] ?? {type: given.fields[index]!.type, literalness: candidate.literalness}, type) === undefined) throw refuse(given.fields[index]!.type, type);
	}
}

function call(session: Session, statement: Extract<Statement, {kind: 'call'}>): void {
	const parts = statement.procedure.parts.map(({name}) => name);
	const routine = session.options.catalog.findRoutine(parts, 'procedure');
	if (routine === undefined) throw session.error(statement.procedure, `Procedure not found: ${parts.join('.')}`);
	session.procedures.set(statement, routine);
	session.useRoutine(routine);
	if (routine.arguments.length !== statement.arguments.length) {
		throw session.error(statement.procedure, `Number of arguments does not match for procedure ${parts.join('.')}. Supported signature: ${parts.join('.')}(${routine.arguments.map(({mode, name, type}) => `${mode === 'IN' ? '' : `${mode} `}${name} ${type === undefined ? 'ANY TYPE' : typeText(type)}`).join(', ')})`);
	}

	for (const [index, argument] of statement.arguments.entries()) {
		const {mode, name, type} = routine.arguments[index]!;
		const candidate = analyze(session, argument, plainFrame(emptyScope, 'CALL statement'));
		const isVariable = argument.kind === 'path-expression' && argument.names.length === 1 && session.references.get(argument)?.kind === 'variable';
		if (mode !== 'IN' && !isVariable) throw session.error(argument, `Argument ${name} of procedure ${parts.join('.')} is ${mode}; it must be a variable`);
		if (type === undefined) continue;
		if (mode === 'OUT') {
			if (coercionCost(type, candidate.type) === undefined) throw session.error(argument, `Cannot assign OUT argument ${name} of type ${typeText(type)} to a variable of type ${typeText(candidate.type)}`);
		} else {
			coerce(session, argument, candidate, type, () => session.error(argument, `Cannot coerce argument ${name} of type ${typeText(candidate.type)} to type ${typeText(type)} in CALL of ${parts.join('.')}`));
		}
	}
}

function ask<V>(map: ReadonlyMap<object, V>, node: object, what: string): V {
	const value = map.get(node);
	if (value === undefined) throw new Error(`The analyzer has no ${what} for this node (${(node as {kind?: string}).kind ?? 'unknown'}).`);
	return value;
}

function annotationsOf(session: Session, statementType: string, columns: readonly Column[], returns: SqlType | undefined): StatementAnalysis {
	return {
		statementType, columns, returns,
		referencedTables: [...session.tables.values()],
		referencedRoutines: [...session.routines.values()],
		typeOf: expression => ask(session.types, expression, 'type'),
		coercionOf: expression => session.coercions.get(expression),
		typeOfNode: type => ask(session.typeNodes, type, 'type'),
		referenceOf: path => ask(session.references, path, 'reference'),
		fieldOf: access => ask(session.fields, access, 'field'),
		functionOf: call => ask(session.functions, call, 'function'),
		sourceOf: item => ask(session.sources, item, 'source'),
		isTableArgument: argument => session.tableArgumentNodes.has(argument),
		tableArgumentOf: argument => ask(session.sources, argument, 'table argument'),
		columnsOf: query => ask(session.queryColumns, query, 'columns'),
		valueTypeOf: query => session.valueTypes.get(query),
		operandCoercionsOf: operand => session.operandCoercions.get(operand) ?? [],
		selectColumnsOf: select => ask(session.selectColumns, select, 'select columns'),
		starOf: star => ask(session.stars, star, 'star'),
		aliasOf: item => session.aliases.get(item),
		groupingOf: item => ask(session.ordinals, item, 'grouping'),
		groupByAllOf: groupBy => session.groupByAll.get(groupBy) ?? [],
		isAggregated: select => session.aggregated.has(select),
		orderingOf: item => ask(session.ordinals, item, 'ordering'),
		windowOf: window => ask(session.windows, window, 'window'),
		usingOf: join => session.using.get(join) ?? [],
		insertColumnsOf: insert => ask(session.insertColumns, insert, 'insert columns'),
		insertCoercionsOf: insert => session.insertCoercions.get(insert) ?? [],
		variableTypeOf: target => session.variableTypes.get(target),
		procedureOf: call => ask(session.procedures, call, 'procedure'),
		refuse: (node, message) => session.error(node, message),
	};
}

