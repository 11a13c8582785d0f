// Rules of scripts that need no names of tables: where DECLARE may stand, what BREAK, CONTINUE and RAISE refer to.
import {errorAt} from '../diagnostics.js';
import type {Identifier} from '../syntax/name.js';
import type {Statement} from '../syntax/script.js';

type Context = {
	readonly text: string;
	/** Labels in scope, lower case; loops among them can be continued. */
	readonly labels: ReadonlyMap<string, 'loop' | 'block'>;
	readonly isInLoop: boolean;
	readonly isInHandler: boolean;
	/** Variables of the enclosing blocks and arguments, lower case. */
	readonly variables: ReadonlySet<string>;
};

/** Checks a script's statements. Throws GoogleSqlError at the first breach. */
export function checkBlocks(text: string, statements: readonly Statement[]): void {
	checkList(statements, {text, labels: new Map(), isInLoop: false, isInHandler: false, variables: new Set()}, true);
}

function checkList(statements: readonly Statement[], context: Context, isBlock: boolean): void {
	let canDeclare = isBlock;
	const variables = new Set(context.variables);
	const inner = {...context, variables};
	for (const statement of statements) {
		if (statement.kind === 'declare') {
			if (!canDeclare) throw errorAt(context.text, statement.span.start, 'Variable declarations are allowed only at the start of a block or script');
			for (const name of statement.names) declare(name, variables, context.text);
		} else {
			canDeclare = false;
		}

		checkStatement(statement, inner);
	}
}

function declare(name: Identifier, variables: Set<string>, text: string): void {
	const key = name.name.toLowerCase();
	if (variables.has(key)) throw errorAt(text, name.span.start, `Variable '${name.name}' redeclaration`);
	variables.add(key);
}

function checkStatement(statement: Statement, context: Context): void {
	switch (statement.kind) {
		case 'if': {
			for (const branch of statement.branches) checkList(branch.statements, context, false);
			checkList(statement.otherwise ?? [], context, false);
			return;
		}

		case 'case-statement': {
			for (const branch of statement.branches) checkList(branch.statements, context, false);
			checkList(statement.otherwise ?? [], context, false);
			return;
		}

		case 'loop':
		case 'while':
		case 'repeat': {
			checkList(statement.statements, {...context, isInLoop: true, labels: withLabel(context, statement.label, 'loop')}, false);
			return;
		}

		case 'for': {
			const variables = new Set(context.variables);
			declare(statement.variable, variables, context.text);
			checkList(statement.statements, {...context, variables, isInLoop: true, labels: withLabel(context, statement.label, 'loop')}, false);
			return;
		}

		case 'block': {
			const inner = {...context, labels: withLabel(context, statement.label, 'block')};
			checkList(statement.statements, inner, true);
			if (statement.exception !== undefined) checkList(statement.exception, {...inner, isInHandler: true}, false);
			return;
		}

		case 'create-procedure': {
			const variables = new Set<string>();
			for (const argument of statement.arguments) {
				const key = argument.name.name.toLowerCase();
				if (variables.has(key)) throw errorAt(context.text, argument.name.span.start, `Duplicate argument name ${argument.name.name}`);
				variables.add(key);
			}

			// An argument may be declared anew in the body, not in an inner block of it.
			checkStatement(statement.body, {text: context.text, labels: new Map(), isInLoop: false, isInHandler: false, variables});
			return;
		}

		case 'break':
		case 'continue': {
			checkJump(statement, context);
			return;
		}

		case 'raise': {
			if (statement.message === undefined && !context.isInHandler) {
				throw errorAt(context.text, statement.span.start, 'Cannot re-raise an existing exception outside of an exception handler');
			}

			return;
		}

		default:
	}
}

function withLabel(context: Context, label: Identifier | undefined, kind: 'loop' | 'block'): Context['labels'] {
	if (label === undefined) return context.labels;
	const key = label.name.toLowerCase();
	if (context.labels.has(key)) throw errorAt(context.text, label.span.start, `Duplicate label ${label.name}`);
	return new Map([...context.labels, [key, kind]]);
}

function checkJump(statement: Extract<Statement, {kind: 'break' | 'continue'}>, context: Context): void {
	const word = context.text.slice(statement.span.start).split(/[\s;]/, 1)[0]!.toUpperCase();
	if (statement.label === undefined) {
		if (!context.isInLoop) throw errorAt(context.text, statement.span.start, `${word} is only allowed inside of a loop body`);
		return;
	}

	const kind = context.labels.get(statement.label.name.toLowerCase());
	if (kind === undefined) throw errorAt(context.text, statement.label.span.start, `Undefined label ${statement.label.name}`);
	if (kind === 'block' && statement.kind === 'continue') throw errorAt(context.text, statement.label.span.start, `Cannot ${word} label ${statement.label.name}; it is not a loop`);
}
