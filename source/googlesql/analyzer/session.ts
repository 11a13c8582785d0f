// The state of one analysis: options, the annotations made so far, and the words of refusal.
import type {AnalyzeOptions, ExpandedColumn, FieldStep, Ordinal, OutputColumn, Reference, ResolvedFunction, SelectColumn, Source, StatementAnalysis} from '../analysis.js';
import type {RoutineEntry, TableEntry} from '../catalog.js';
import {errorAt, GoogleSqlError} from '../diagnostics.js';
import type {Expression} from '../syntax/expression.js';
import type {Column, SqlType} from '../types.js';
import {scalar} from '../type-rules.js';

/** Annotations by node. */
export class Session {
	readonly options: AnalyzeOptions;
	/** Arguments of the SQL function or table function whose body is analyzed: name as declared and type. */
	readonly arguments = new Map<string, {readonly name: string; readonly type: SqlType}>();
	/** Table arguments of a table function, lower case. */
	readonly tableArguments = new Map<string, {readonly name: string; readonly columns: readonly Column[]}>();
	readonly variables: ReadonlyMap<string, {readonly name: string; readonly type: SqlType}>;
	readonly types = new Map<object, SqlType>();
	readonly coercions = new Map<object, SqlType>();
	readonly typeNodes = new Map<object, SqlType>();
	readonly references = new Map<object, Reference>();
	readonly fields = new Map<object, FieldStep>();
	readonly functions = new Map<object, ResolvedFunction>();
	readonly sources = new Map<object, Source>();
	readonly tableArgumentNodes = new Set<object>();
	readonly queryColumns = new Map<object, readonly OutputColumn[]>();
	readonly valueTypes = new Map<object, SqlType>();
	readonly operandCoercions = new Map<object, readonly (SqlType | undefined)[]>();
	readonly selectColumns = new Map<object, readonly SelectColumn[]>();
	readonly stars = new Map<object, readonly ExpandedColumn[]>();
	readonly aliases = new Map<object, string>();
	readonly ordinals = new Map<object, Ordinal>();
	readonly groupByAll = new Map<object, readonly Expression[]>();
	readonly aggregated = new Set<object>();
	readonly windows = new Map<object, ReturnType<StatementAnalysis['windowOf']>>();
	readonly using = new Map<object, ReturnType<StatementAnalysis['usingOf']>>();
	readonly insertColumns = new Map<object, readonly Column[]>();
	readonly insertCoercions = new Map<object, readonly (SqlType | undefined)[]>();
	readonly variableTypes = new Map<object, SqlType>();
	readonly procedures = new Map<object, RoutineEntry>();
	readonly tables = new Map<string, TableEntry>();
	readonly routines = new Map<string, RoutineEntry>();

	constructor(options: AnalyzeOptions) {
		this.options = options;
		this.variables = new Map([...(options.variables ?? [])].map(([name, type]) => [name.toLowerCase(), {name, type}]));
	}

	error(node: {readonly span: {readonly start: number}}, message: string): GoogleSqlError {
		return errorAt(this.options.text, node.span.start, message);
	}

	typeOf(expression: object): SqlType {
		return this.types.get(expression) ?? scalar('INT64');
	}

	useTable(table: TableEntry): void {
		this.tables.set(table.path.join('.').toLowerCase(), table);
	}

	useRoutine(routine: RoutineEntry): void {
		this.routines.set(routine.path.join('.').toLowerCase(), routine);
	}

	tableNotFound(parts: readonly string[]): GoogleSqlError {
		const full = this.fullPath(parts);
		if (parts.length === 1 && this.options.defaultDataset === undefined) {
			return new GoogleSqlError({reason: 'invalidQuery', message: `Table "${parts[0]!}" must be qualified with a dataset (e.g. dataset.table).`, line: undefined, column: undefined});
		}

		const message = `Not found: Table ${full[0] ?? ''}:${full.slice(1).join('.')} was not found in location ${this.options.location ?? 'US'}`;
		return new GoogleSqlError({reason: 'notFound', message, line: undefined, column: undefined});
	}

	/** [project, dataset, name] as far as the session can complete a written path. */
	fullPath(parts: readonly string[]): readonly string[] {
		if (parts.length === 1 && this.options.defaultDataset !== undefined) return [this.options.project, this.options.defaultDataset, parts[0]!];
		return parts.length === 2 ? [this.options.project, ...parts] : parts;
	}
}
