// What a statement declares, reads, writes and calls, from its syntax tree. Only objects of the own dataset count.
import type {Path} from '../googlesql/syntax/name.js';
import type {CreateTable, DdlStatement} from '../googlesql/syntax/ddl.js';
import type {DmlTarget, TruncateStatement} from '../googlesql/syntax/dml.js';
import type {Expression, FunctionCall} from '../googlesql/syntax/expression.js';
import type {TableFunctionReference, TableReference} from '../googlesql/syntax/query.js';
import type {CallStatement, ExecuteImmediateStatement, Script} from '../googlesql/syntax/script.js';
import type {TargetNames} from './names.js';
import {parseSql} from './parsed-sql.js';
import {walkSyntax} from './syntax-walk.js';

export type References = {
	readonly reads: readonly string[];
	readonly writes: readonly string[];
	readonly calls: readonly string[];
};

/** The object's name when the path lies in the dataset (with or without project), else undefined. */
export const nameInDataset = (path: Path, names: TargetNames): string | undefined => {
	const parts = path.parts.map(part => part.name);
	const [last, dataset, project] = parts.toReversed();
	return last !== undefined && dataset === names.dataset && (project === undefined || project === names.project) && parts.length <= 3 ? last : undefined;
};

/** The text of a string that is written out: a literal, or literals joined by `||`. Undefined when any part is computed. */
export const literalText = (expression: Expression): string | undefined => {
	if (expression.kind === 'string') {
		return expression.value;
	}

	if (expression.kind === 'binary' && expression.operator === '||') {
		const left = literalText(expression.left);
		const right = literalText(expression.right);
		return left === undefined || right === undefined ? undefined : left + right;
	}

	return undefined;
};

type Collected = {readonly reads: Set<string>; readonly writes: Set<string>; readonly calls: Set<string>};

const collect = (root: unknown, names: TargetNames, found: Collected): void => {
	const add = (set: Set<string>, path: Path): void => {
		const name = nameInDataset(path, names);
		if (name !== undefined) {
			set.add(name);
		}
	};

	walkSyntax(root, node => {
		switch (node.kind) {
			case 'table-reference': {
				add(found.reads, (node as TableReference).path);
				break;
			}

			case 'table-argument': {
				add(found.reads, (node as unknown as {readonly table: Path}).table);
				break;
			}

			case 'table-origin': {
				add(found.reads, (node as unknown as {readonly path: Path}).path);
				break;
			}

			case 'function-call': {
				add(found.calls, (node as FunctionCall).function);
				break;
			}

			case 'table-function-reference': {
				add(found.calls, (node as TableFunctionReference).function);
				break;
			}

			case 'call': {
				add(found.calls, (node as CallStatement).procedure);
				break;
			}

			case 'dml-target': {
				add(found.writes, (node as DmlTarget).path);
				break;
			}

			case 'truncate': {
				add(found.writes, (node as TruncateStatement).target);
				break;
			}

			case 'create-table':
			case 'alter': {
				add(found.writes, (node as CreateTable).path);
				break;
			}

			case 'execute-immediate': {
				const text = literalText((node as ExecuteImmediateStatement).sql);
				const inner = text === undefined ? undefined : parseSql(text);
				if (inner?.ok) {
					collect(inner.script, names, found);
				}

				break;
			}

			default: {
				break;
			}
		}
	});
};

/** Objects of the dataset that the script refers to, each list sorted. */
export const referencesOf = (script: Script, names: TargetNames): References => {
	const found = {reads: new Set<string>(), writes: new Set<string>(), calls: new Set<string>()};
	collect(script, names, found);
	return {reads: [...found.reads].sort(), writes: [...found.writes].sort(), calls: [...found.calls].sort()};
};

const declaringKinds = {
	'create-table': 'table',
	'create-view': 'view',
	'create-function': 'function',
	'create-table-function': 'table-function',
	'create-procedure': 'procedure',
} as const;

export type Declaration = {readonly kind: (typeof declaringKinds)[keyof typeof declaringKinds]; readonly name: string; readonly statement: DdlStatement};

/** Permanent objects that the top level of a script creates in the dataset, in order. */
export const declarationsOf = (script: Script, names: TargetNames): readonly Declaration[] =>
	script.statements.flatMap(statement => {
		if (!(statement.kind in declaringKinds)) {
			return [];
		}

		const ddl = statement as Extract<DdlStatement, {kind: keyof typeof declaringKinds}>;
		const name = ddl.isTemporary ? undefined : nameInDataset(ddl.path, names);
		return name === undefined ? [] : [{kind: declaringKinds[ddl.kind], name, statement: ddl}];
	});
