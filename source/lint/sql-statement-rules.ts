// Safety rules that look at one node of a syntax tree.
import type {AlterStatement, CreateTable, CreateView, DropStatement} from '../googlesql/syntax/ddl.js';
import type {DeleteStatement, InsertStatement, MergeStatement, UpdateStatement} from '../googlesql/syntax/dml.js';
import type {BinaryExpression, Expression} from '../googlesql/syntax/expression.js';
import type {ProcedureArgument} from '../googlesql/syntax/ddl.js';
import type {DeclareStatement, ExecuteImmediateStatement, SetStatement} from '../googlesql/syntax/script.js';
import {literalText} from '../objects/references.js';
import type {SyntaxNode} from '../objects/syntax-walk.js';
import type {RawFinding} from './finding.js';

/** Names that a script makes for itself, lower case. */
export type ScriptNames = {readonly temporary: ReadonlySet<string>; readonly common: ReadonlySet<string>; readonly aliases: ReadonlySet<string>};

export type NodeRule = (node: SyntaxNode, parents: readonly SyntaxNode[], names: ScriptNames) => readonly Omit<RawFinding, 'offset'>[];

const error = (rule: string, message: string): readonly Omit<RawFinding, 'offset'>[] => [{rule, severity: 'error', message}];
const warning = (rule: string, message: string): readonly Omit<RawFinding, 'offset'>[] => [{rule, severity: 'warning', message}];
const nothing: readonly Omit<RawFinding, 'offset'>[] = [];

const namesOf = (expression: Expression): string | undefined =>
	expression.kind === 'path-expression' ? expression.names.map(({name}) => name.toLowerCase()).join('.') : undefined;

const isSelfComparison = (expression: Expression): boolean => {
	if (expression.kind !== 'binary' || expression.operator !== '=') {
		return false;
	}

	const left = namesOf(expression.left);
	return left !== undefined && left === namesOf(expression.right);
};

const isLiteral = (expression: Expression): boolean => ['int', 'float', 'string', 'bool', 'typed-literal'].includes(expression.kind);

/** True for predicates that hold for every row whatever the data: TRUE, 1 = 1, x = x, and what AND and OR make of them. */
export const isTriviallyTrue = (expression: Expression): boolean => {
	if (expression.kind === 'bool') {
		return expression.value;
	}

	if (expression.kind === 'unary') {
		return expression.operator === 'NOT' && expression.operand.kind === 'bool' && !expression.operand.value;
	}

	if (expression.kind !== 'binary') {
		return false;
	}

	if (expression.operator === 'AND') {
		return isTriviallyTrue(expression.left) && isTriviallyTrue(expression.right);
	}

	if (expression.operator === 'OR') {
		return isTriviallyTrue(expression.left) || isTriviallyTrue(expression.right);
	}

	if (isSelfComparison(expression)) {
		return true;
	}

	return expression.operator === '=' && isLiteral(expression.left) && isLiteral(expression.right)
		&& 'value' in expression.left && 'value' in expression.right && expression.left.value === expression.right.value;
};

const dropRule = (drop: DropStatement, names: ScriptNames): readonly Omit<RawFinding, 'offset'>[] => {
	const [name, ...rest] = drop.path.parts;
	const isTemporary = name !== undefined && rest.length === 0 && names.temporary.has(name.name.toLowerCase());
	return isTemporary
		? warning('drop-temporary', `temporary table ${name.name} expires by itself; leave it`)
		: error('drop-permanent', `DROP of a ${drop.object.replaceAll('-', ' ')} is not allowed; restore the former definition instead`);
};

const destructiveActions: Readonly<Record<string, string>> = {
	'drop-column': 'DROP COLUMN loses data',
	'rename-column': 'RENAME COLUMN breaks its readers',
	'rename-to': 'RENAME TO breaks its readers',
	'drop-primary-key': 'DROP PRIMARY KEY changes a contract',
	'drop-constraint': 'DROP CONSTRAINT changes a contract',
};

const alterRule = (alter: AlterStatement): readonly Omit<RawFinding, 'offset'>[] =>
	alter.actions.flatMap(action => {
		const message = destructiveActions[action.kind] ?? (action.kind === 'alter-column' && action.change.kind === 'set-data-type' ? 'SET DATA TYPE rewrites a column' : undefined);
		return message === undefined ? nothing : error('alter-destructive', `${message}; add a column instead`);
	});

const mergeRule = (merge: MergeStatement): readonly Omit<RawFinding, 'offset'>[] =>
	merge.branches.some(({match, condition, action}) => match === 'not-matched-by-source' && action.kind === 'merge-delete' && (condition === undefined || isTriviallyTrue(condition)))
		? error('merge-delete-unmatched', 'WHEN NOT MATCHED BY SOURCE THEN DELETE without condition empties what the source does not list')
		: nothing;

const isInside = (parents: readonly SyntaxNode[], kinds: readonly string[]): boolean => parents.some(({kind}) => kinds.includes(kind));

const starRule = (parents: readonly SyntaxNode[]): readonly Omit<RawFinding, 'offset'>[] => {
	// Only the outermost list fixes the columns of a view or an insert; a star inside a CTE is narrowed by it.
	const depth = parents.filter(({kind}) => kind === 'select').length;
	const isNested = isInside(parents, ['common-table-expression', 'subquery-reference', 'scalar-subquery', 'exists-subquery', 'array-subquery', 'in-query']);
	return depth === 1 && !isNested && isInside(parents, ['create-view', 'insert'])
		? warning('select-star', 'SELECT * in a view or insert changes meaning when a column is added; list the columns')
		: nothing;
};

const tableRule = (node: SyntaxNode, parents: readonly SyntaxNode[], names: ScriptNames): readonly Omit<RawFinding, 'offset'>[] => {
	const {path} = node as unknown as {readonly path: {readonly parts: readonly {readonly name: string}[]}};
	const parts = path.parts.map(part => part.name.toLowerCase());
	const [first] = parts;
	if (first === 'information_schema') {
		return error('unqualified-table', 'INFORMATION_SCHEMA without a dataset or region reads whatever dataset is the default');
	}

	const isKnown = first === undefined || names.temporary.has(first) || names.common.has(first) || names.aliases.has(first);
	return parts.length > 1 || isKnown || isInside(parents, ['create-schema'])
		? nothing
		: error('unqualified-table', `table ${path.parts[0]!.name} has no dataset; write \`\${dataset}.${path.parts[0]!.name}\``);
};

const isZeroFree = (expression: Expression): boolean =>
	(expression.kind === 'int' || expression.kind === 'float') || (expression.kind === 'unary' && isZeroFree(expression.operand));

const binaryRule = (node: BinaryExpression): readonly Omit<RawFinding, 'offset'>[] => {
	if (node.operator === '/' && !isZeroFree(node.right)) {
		return warning('division', 'division by a value that may be 0; use SAFE_DIVIDE');
	}

	return isSelfComparison(node)
		? error('self-comparison', `${namesOf(node.left) ?? ''} is compared with itself: a name that is both column and variable is the column`)
		: nothing;
};

const prefixRule = (name: string, prefix: string, what: string): readonly Omit<RawFinding, 'offset'>[] =>
	name.toLowerCase().startsWith(prefix) ? nothing : warning('unprefixed-name', `${what} ${name} may be taken for a column of that name; call it ${prefix}${name}`);

type Rules = Readonly<Record<string, NodeRule>>;

export const nodeRules: Rules = {
	drop: (node, _parents, names) => dropRule(node as DropStatement, names),
	truncate: () => error('truncate', 'TRUNCATE empties a table'),
	alter: node => alterRule(node as AlterStatement),
	delete: node => isTriviallyTrue((node as DeleteStatement).where) ? error('delete-without-where', 'DELETE with a condition that is always true removes every row') : nothing,
	update: node => isTriviallyTrue((node as UpdateStatement).where) ? error('update-without-where', 'UPDATE with a condition that is always true changes every row') : nothing,
	merge: node => mergeRule(node as MergeStatement),
	'load-data': node => (node as unknown as {readonly isOverwrite: boolean}).isOverwrite ? error('load-overwrite', 'LOAD DATA OVERWRITE replaces a table') : nothing,
	'create-table'(node) {
		const {orReplace, isTemporary} = node as CreateTable;
		return orReplace && !isTemporary ? error('replace-table', 'CREATE OR REPLACE TABLE empties a table; use CREATE TABLE IF NOT EXISTS') : nothing;
	},
	'create-schema': node => (node as CreateView).orReplace ? error('replace-table', 'CREATE OR REPLACE SCHEMA empties a dataset') : nothing,
	set: node => (node as SetStatement).targets.some(({kind}) => kind === 'set-system-variable') ? error('session-setting', 'SET of a system variable is a session setting; use a job option') : nothing,
	binary: node => binaryRule(node as BinaryExpression),
	'execute-immediate': node => literalText((node as ExecuteImmediateStatement).sql) === undefined ? warning('dynamic-sql', 'EXECUTE IMMEDIATE of a computed text can\'t be checked') : nothing,
	'select-star': (_node, parents) => starRule(parents),
	'table-reference': tableRule,
	'dml-target': tableRule,
	'procedure-argument': node => prefixRule((node as ProcedureArgument).name.name, 'p_', 'argument'),
	declare: node => (node as DeclareStatement).names.flatMap(({name}) => prefixRule(name, 'v_', 'variable')),
	'insert'(node) {
		return (node as InsertStatement).columns.length === 0 ? warning('insert-without-columns', 'INSERT without a column list breaks when a column is added') : nothing;
	},
};
