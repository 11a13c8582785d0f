// What the embedded warehouse can't hold: refused before anything runs, rather than narrowed to what DuckDB has.
import {walk, type Analysis, type SqlType, type SyntaxNode} from '../../googlesql/index.js';

const reasons: Readonly<Record<string, string>> = {
	BIGNUMERIC: 'BIGNUMERIC is not supported by the embedded warehouse: it holds 38 digits, those of NUMERIC',
	GEOGRAPHY: 'GEOGRAPHY is not supported by the embedded warehouse',
};

/** Why values of a type can't be held; undefined when they can. */
export function whyNotHeld(type: SqlType): string | undefined {
	switch (type.kind) {
		case 'scalar': {
			return reasons[type.name];
		}

		case 'array': {
			return whyNotHeld(type.element);
		}

		case 'struct': {
			return type.fields.map(field => whyNotHeld(field.type)).find(reason => reason !== undefined);
		}

		case 'any': {
			return undefined;
		}
	}
}

type Typed = SyntaxNode & {readonly name?: unknown; readonly type?: unknown; readonly parameters?: readonly unknown[]; readonly function?: {readonly parts: readonly {readonly name: string}[]}; readonly format?: unknown};

function reasonOf(node: Typed): string | undefined {
	switch (node.kind) {
		case 'scalar-type': {
			const length = (node.parameters ?? []).length > 0;
			return reasons[String(node.name)] ?? (length ? 'Types with a length, a precision or a scale are not supported by the embedded warehouse' : undefined);
		}

		case 'typed-literal': {
			return reasons[String(node.type)];
		}

		case 'function-call': {
			return node.function?.parts.at(-1)?.name.toUpperCase() === 'PARSE_BIGNUMERIC' ? reasons['BIGNUMERIC'] : undefined;
		}

		case 'cast': {
			return node.format === undefined ? undefined : 'CAST with FORMAT is not supported by the embedded warehouse';
		}

		default: {
			return undefined;
		}
	}
}

/**
 * Refuses a statement that names what can't be held, bodies of routines included.
 * @throws GoogleSqlError with the place of what is refused.
 */
export function checkRepresentable(statement: SyntaxNode, analysis: Analysis): void {
	walk(statement, node => {
		const reason = reasonOf(node);
		if (reason !== undefined) throw analysis.refuse(node, reason);
	});
}
