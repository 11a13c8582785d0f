// In a query that aggregates, a column must be grouped or stand inside an aggregate.
import type {Reference, Source} from '../analysis.js';
import type {Expression} from '../syntax/expression.js';
import {findBuiltin} from './signatures.js';
import type {Context} from './context.js';

/** A number for each source, so that two references can be compared as text. */
class SourceNumbers {
	readonly #numbers = new Map<Source, number>();

	of(source: Source): number {
		let number = this.#numbers.get(source);
		if (number === undefined) {
			number = this.#numbers.size;
			this.#numbers.set(source, number);
		}

		return number;
	}
}

const referenceKey = (reference: Reference, numbers: SourceNumbers): string => {
	const steps = reference.fields.map(field => `.${field.name.toLowerCase()}`).join('');
	switch (reference.kind) {
		case 'column': {
			return `column ${numbers.of(reference.source)} ${reference.column.toLowerCase()}${steps}`;
		}

		case 'row':
		case 'offset': {
			return `${reference.kind} ${numbers.of(reference.source)}${steps}`;
		}

		case 'using-column': {
			return `using ${referenceKey(reference.left, numbers)}${steps}`;
		}

		case 'select-alias':
		case 'output-column': {
			return `${reference.kind} ${reference.index}${steps}`;
		}

		default: {
			return `${reference.kind} ${reference.name.toLowerCase()}${steps}`;
		}
	}
};

const skippedKeys = new Set(['span', 'operatorSpan', 'targetSpan']);

/** Two expressions with the same key mean the same value. */
function keyOf(context: Context, value: unknown, numbers: SourceNumbers): string {
	if (Array.isArray(value)) return `[${value.map(item => keyOf(context, item, numbers)).join(',')}]`;
	if (typeof value === 'bigint') return `${value}n`;
	if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined';
	const node = value as {readonly kind?: string};
	if (node.kind === 'path-expression') {
		const reference = context.notes.references.find(value);
		if (reference !== undefined) return referenceKey(reference, numbers);
	}

	if (node.kind === 'identifier') return (value as {readonly name: string}).name.toLowerCase();
	return `{${Object.entries(value).filter(([key]) => !skippedKeys.has(key)).map(([key, child]) => `${key}:${keyOf(context, child, numbers)}`).join(',')}}`;
}

const ownColumn = (reference: Reference, own: ReadonlySet<Source>): boolean => {
	switch (reference.kind) {
		case 'column':
		case 'row':
		case 'offset': {
			return own.has(reference.source);
		}

		case 'using-column': {
			return ownColumn(reference.left, own);
		}

		default: {
			return false;
		}
	}
};

export type Grouped = {readonly keys: readonly Expression[]; readonly own: ReadonlySet<Source>};

/** @throws GoogleSqlError for a column that is neither grouped nor aggregated. */
export function checkGrouping(context: Context, expression: Expression, {keys, own}: Grouped, clause: string): void {
	const numbers = new SourceNumbers();
	const grouped = new Set(keys.map(key => keyOf(context, key, numbers)));
	const visit = (value: unknown): void => {
		if (Array.isArray(value)) {
			for (const item of value) visit(item);
			return;
		}

		if (typeof value !== 'object' || value === null || !('kind' in value)) {
			if (typeof value === 'object' && value !== null && !('start' in value)) for (const child of Object.values(value)) visit(child);
			return;
		}

		const node = value as Expression;
		if (grouped.has(keyOf(context, node, numbers))) return;
		if (node.kind === 'path-expression') {
			visitPath(node);
			return;
		}

		if (node.kind === 'function-call' && node.over === undefined && node.function.parts.length === 1 && findBuiltin(node.function.parts[0]!.name)?.family === 'aggregate') return;
		for (const [key, child] of Object.entries(node)) {
			if (!skippedKeys.has(key)) visit(child);
		}
	};

	const visitPath = (node: Extract<Expression, {readonly kind: 'path-expression'}>): void => {
		const reference = context.notes.references.find(node);
		if (reference?.kind === 'select-alias') {
			if (reference.item.kind !== 'expanded-column') visit(reference.item);
			return;
		}

		if (reference === undefined || !ownColumn(reference, own)) return;
		// A field of a grouped struct is grouped.
		const key = referenceKey(reference, numbers);
		if ([...grouped].some(candidate => key.startsWith(`${candidate}.`))) return;
		const name = node.names.map(part => part.name).join('.');
		throw context.fail(node.span, `${clause} expression references column ${name} which is neither grouped nor aggregated`);
	};

	visit(expression);
}
