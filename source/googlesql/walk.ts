// Visits every node of a tree in the order of the text's clauses.
import type {Span} from './syntax/name.js';

/** Any node: every object of the tree with a kind and a span. */
export type SyntaxNode = {readonly kind: string; readonly span: Span};

/** Return false to leave the node's children out. */
export type Visitor = (node: SyntaxNode, parents: readonly SyntaxNode[]) => boolean | void;

/** Calls the visitor with the node and, depth first, with everything below it; `parents` is outermost first and only valid during the call. */
export function walk(node: SyntaxNode, visitor: Visitor): void {
	const parents: SyntaxNode[] = [];
	const visitValue = (value: unknown): void => {
		if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return;
		if (Array.isArray(value)) {
			for (const element of value) visitValue(element);
			return;
		}

		const isNode = 'kind' in value && 'span' in value;
		if (isNode && visitor(value as SyntaxNode, parents) === false) return;
		if (isNode) parents.push(value as SyntaxNode);
		// Nodes are plain objects: for..in names their own fields without a list of pairs for each of them.
		// eslint-disable-next-line guard-for-in
		for (const key in value) {
			const child = (value as Readonly<Record<string, unknown>>)[key];
			if (typeof child === 'object' && child !== null && !key.endsWith('pan')) visitValue(child);
		}

		if (isNode) parents.pop();
	};

	visitValue(node);
}

/** The text a node was read from. */
export function sourceOf(text: string, node: {readonly span: Span}): string {
	return text.slice(node.span.start, node.span.end);
}
