// Types as written. `analysis` turns them into SqlType; the parameters of STRING(10) and NUMERIC(10, 2) live only here.
import type {ScalarTypeName} from '../types.js';
import type {Identifier, OptionEntry, Span} from './name.js';

export type ScalarTypeNode = {
	readonly kind: 'scalar-type';
	/** Canonical name: INT, INTEGER and BIGINT are INT64, BOOLEAN is BOOL, DECIMAL is NUMERIC, BIGDECIMAL is BIGNUMERIC. */
	readonly name: ScalarTypeName;
	/** Length, or precision and scale; empty when none was written. */
	readonly parameters: readonly number[];
	readonly span: Span;
};

export type ArrayTypeNode = {readonly kind: 'array-type'; readonly element: TypeNode; readonly span: Span};

export type StructTypeNode = {
	readonly kind: 'struct-type';
	readonly fields: readonly StructTypeField[];
	readonly span: Span;
};

export type StructTypeField = {
	readonly kind: 'struct-type-field';
	readonly name: Identifier | undefined;
	readonly type: TypeNode;
	readonly isRequired: boolean;
	readonly options: readonly OptionEntry[];
	readonly span: Span;
};

/** RANGE<DATE>: parsed, refused by the analyzer. */
export type RangeTypeNode = {readonly kind: 'range-type'; readonly element: TypeNode; readonly span: Span};

/** ANY TYPE of a templated function argument. */
export type AnyTypeNode = {readonly kind: 'any-type'; readonly span: Span};

export type TypeNode = ScalarTypeNode | ArrayTypeNode | StructTypeNode | RangeTypeNode | AnyTypeNode;
