// Visits every node of a syntax tree. Nodes are plain values with a `kind`, so that the walk needs to know no other
// shape: a kind that is added to the language is visited from the first day.
import type {Span} from '../googlesql/syntax/name.js';

export type SyntaxNode = {readonly kind: string; readonly span: Span};

const isNode = (value: object): value is SyntaxNode => 'kind' in value && typeof value.kind === 'string';

/**
 * Calls back for every node in the order of the text, parents before children.
 * @param parents the chain above the node, outermost first.
 */
export const walkSyntax = (root: unknown, visit: (node: SyntaxNode, parents: readonly SyntaxNode[]) => void): void => {
	const parents: SyntaxNode[] = [];
	const enter = (value: unknown): void => {
		if (value === null || typeof value !== 'object' || value instanceof Uint8Array) {
			return;
		}

		const isParent = !Array.isArray(value) && isNode(value);
		if (isParent) {
			visit(value, parents);
			parents.push(value);
		}

		for (const child of Object.values(value)) {
			enter(child);
		}

		if (isParent) {
			parents.pop();
		}
	};

	enter(root);
};
