// Which expressions are equal, and whether a select list keeps to what was grouped.
import type {Source} from '../analysis.js';
import {walk, type SyntaxNode} from '../walk.js';
import type {FunctionCall, PathExpression} from '../syntax/expression.js';
import type {Session} from './session.js';

const sourceIds = new WeakMap<Source, number>();
let nextSourceId = 1;

function sourceId(source: Source): number {
	const known = sourceIds.get(source);
	if (known !== undefined) return known;
	sourceIds.set(source, nextSourceId);
	return nextSourceId++;
}

/** Equal texts for expressions that mean the same after their names are resolved. */
export function keyOf(session: Session, node: unknown): string {
	if (typeof node === 'bigint') return String(node);
	if (typeof node !== 'object' || node === null) return JSON.stringify(node) ?? '';
	if (Array.isArray(node)) return `[${node.map(one => keyOf(session, one)).join()}]`;
	const {kind} = node as {kind?: string};
	if (kind === 'path-expression') return pathKey(session, node as PathExpression);
	if (kind === 'identifier') return (node as {name: string}).name.toLowerCase();
	const parts = Object.entries(node).filter(([key]) => !key.endsWith('pan')).map(([key, value]) => `${key}:${keyOf(session, value)}`);
	return `{${parts.join()}}`;
}

function pathKey(session: Session, path: PathExpression): string {
	const reference = session.references.get(path);
	if (reference === undefined) return path.names.map(({name}) => name.toLowerCase()).join('.');
	const fields = reference.fields.map(field => `.${field.name.toLowerCase()}`).join('');
	switch (reference.kind) {
		case 'column': {
			return `#${sourceId(reference.source)}.${reference.column.toLowerCase()}${fields}`;
		}

		case 'row':
		case 'offset': {
			return `#${sourceId(reference.source)}:${reference.kind}${fields}`;
		}

		case 'select-alias': {
			return reference.fields.length === 0 && reference.item.kind !== 'expanded-column' ? keyOf(session, reference.item) : `$${reference.index}${fields}`;
		}

		case 'using-column': {
			return `#using.${path.names[0]!.name.toLowerCase()}${fields}`;
		}

		default: {
			return `@${path.names.map(({name}) => name.toLowerCase()).join('.')}`;
		}
	}
}

/** Refuses a column of the given sources that stands outside of aggregates and of the grouped expressions. */
export function checkGrouped(session: Session, expression: SyntaxNode, sources: ReadonlySet<Source>, keys: ReadonlySet<string>, clause: string): void {
	walk(expression, node => {
		// As in BigQuery, an item of the select list is grouped as a whole: UPPER(s) || 'x' is not covered by GROUP BY UPPER(s).
		if (node === expression && clause.startsWith('SELECT list') && keys.has(keyOf(session, node))) return false;
		if (node.kind === 'function-call') {
			const call = node as FunctionCall;
			if (call.over === undefined && session.functions.get(call)?.family === 'aggregate') return false;
		}

		if (node.kind !== 'path-expression') return true;
		const reference = session.references.get(node);
		if (reference === undefined) return true;
		if (isGroupedPrefix(session, node as PathExpression, keys)) return false;
		const isOurs = 'source' in reference ? sources.has(reference.source) : reference.kind === 'using-column' && 'source' in reference.left && sources.has(reference.left.source);
		if (!isOurs) return true;
		const text = (node as PathExpression).names.map(({name}) => name).join('.');
		throw session.error(node, `${clause} references ${(node as PathExpression).names.length === 1 ? 'column ' : ''}${text} which is neither grouped nor aggregated`);
	});
}

/** `s.x` where `s` is grouped, or a column of a source that is grouped as a whole. */
function isGroupedPrefix(session: Session, path: PathExpression, keys: ReadonlySet<string>): boolean {
	const reference = session.references.get(path);
	if (reference === undefined) return false;
	const key = pathKey(session, path);
	const withoutFields = reference.kind === 'column' ? `#${sourceId(reference.source)}.${reference.column.toLowerCase()}` : reference.kind === 'row' ? `#${sourceId(reference.source)}:row` : key;
	const names = reference.fields.map(({name}) => `.${name.toLowerCase()}`);
	for (let count = names.length; count >= 0; count--) {
		if (keys.has(withoutFields + names.slice(0, count).join(''))) return true;
	}

	return reference.kind === 'column' && keys.has(`#${sourceId(reference.source)}:row`);
}
