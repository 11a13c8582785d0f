// GoogleSQL types as plain values.

export type ScalarTypeName =
	| 'INT64' | 'FLOAT64' | 'NUMERIC' | 'BIGNUMERIC' | 'BOOL' | 'STRING' | 'BYTES'
	| 'DATE' | 'DATETIME' | 'TIME' | 'TIMESTAMP' | 'INTERVAL' | 'JSON' | 'GEOGRAPHY';

export type SqlType =
	| {readonly kind: 'scalar'; readonly name: ScalarTypeName}
	| {readonly kind: 'array'; readonly element: SqlType}
	| {readonly kind: 'struct'; readonly fields: readonly StructField[]}
	/** ANY TYPE parameters and the untyped NULL before coercion. */
	| {readonly kind: 'any'};

export type StructField = {
	/** Undefined for an anonymous field. */
	readonly name: string | undefined;
	readonly type: SqlType;
};

export type Column = {
	readonly name: string;
	readonly type: SqlType;
	/** REQUIRED / NOT NULL. */
	readonly isRequired?: boolean;
};
