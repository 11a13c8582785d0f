// What an emission needs: the statement's annotations, the values of names that are constants for DuckDB (variables,
// parameters, arguments), and where tables and routines come from.
import type {Analysis, Column, CommonTableExpression, Expression, RoutineEntry, Source, SqlType, TableEntry} from '../../googlesql/index.js';
import type {Cell} from '../contract.js';

export type Value = {readonly type: SqlType; readonly cell: Cell};

/** The body of a routine with its annotations, as the catalog keeps it. */
export type FunctionBody = {readonly analysis: Analysis; readonly expression: Expression; readonly argumentNames: readonly string[]; readonly returns: SqlType | undefined};
export type TableFunctionBody = {readonly analysis: Analysis; readonly query: import('../../googlesql/index.js').Query; readonly argumentNames: readonly string[]};

/** The default of a column with its annotations. */
export type ColumnDefault = {readonly analysis: Analysis; readonly expression: Expression};

/** The catalog as the emitter sees it. */
export type EmitCatalog = {
	/** DuckDB relation text of a table, a view (in parentheses) or an INFORMATION_SCHEMA view; `atMicros` is FOR SYSTEM_TIME AS OF. */
	readonly relation: (table: TableEntry, atMicros: bigint | undefined) => string;
	/** Undefined where NULL is what a row without the column gets. */
	readonly columnDefault: (table: TableEntry, column: Column) => ColumnDefault | undefined;
	readonly functionBody: (routine: RoutineEntry, argumentTypes: readonly (SqlType | undefined)[]) => FunctionBody;
	readonly tableFunctionBody: (routine: RoutineEntry) => TableFunctionBody;
};

export type Emission = {
	readonly analysis: Analysis;
	readonly catalog: EmitCatalog;
	readonly nowMicros: bigint;
	readonly variable: (name: string) => Value;
	readonly parameter: (name: string | undefined, position: number | undefined) => Value;
	readonly systemVariable: (names: readonly string[]) => Value;
	/** Texts of a routine's arguments by lower-case name. */
	readonly arguments: ReadonlyMap<string, string>;
	/** Texts of TABLE arguments by lower-case name. */
	readonly tableArguments: ReadonlyMap<string, string>;
	/** Texts of lambda parameters and WITH bindings by lower-case name. */
	readonly locals: ReadonlyMap<string, string>;
	/** FOR SYSTEM_TIME AS OF expressions are evaluated before emission. */
	readonly systemTime: (expression: Expression) => bigint;
	readonly aliases: Aliases;
	/** What the rows of every aggregate must meet besides its own modifiers: the value of a PIVOT column. */
	readonly aggregateFilter?: string;
	/** Texts that stand for a column of a source, where a plain reference will not do (DML targets). */
	readonly columnText?: (source: Source, column: string) => string | undefined;
};

/** DuckDB aliases: one per source and CTE, the same each time it is asked, so that equal expressions give equal text. */
export class Aliases {
	readonly #names = new Map<Source | CommonTableExpression, string>();
	#next = 0;

	of(item: Source | CommonTableExpression): string {
		let name = this.#names.get(item);
		if (name === undefined) {
			name = `${'kind' in item ? 'c' : 's'}${++this.#next}`;
			this.#names.set(item, name);
		}

		return name;
	}

	fresh(prefix: string): string {
		return `${prefix}${++this.#next}`;
	}

	set(item: Source, name: string): void {
		this.#names.set(item, name);
	}
}
