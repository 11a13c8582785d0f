// Bodies of stored routines and views, parsed and analyzed once for as long as the catalog stands as it is.
import {analyzeStatement, parseStatement, type AnalyzerCatalog, type Query, type RoutineEntry, type SqlType, type Statement, type StatementAnalysis, type TableEntry} from '../../googlesql/index.js';
import {analyzerCatalog} from '../catalog/analyzer-catalog.js';
import type {CatalogStore} from '../catalog/catalog-store.js';
import type {StoredRoutine} from '../catalog/records.js';
import {SqlError} from '../contract.js';
import type {FunctionBody, TableFunctionBody} from '../emit/context.js';

type Analyzed = {readonly statement: Statement; readonly analysis: StatementAnalysis; readonly text: string};

export type ViewBody = {readonly query: Query; readonly analysis: StatementAnalysis};

export class RoutineBodies {
	readonly #store: CatalogStore;
	readonly #parsed = new Map<string, Statement>();
	#analyzed = new Map<string, Analyzed>();
	#revision = -1;

	constructor(store: CatalogStore) {
		this.#store = store;
	}

	function(entry: RoutineEntry, argumentTypes: readonly (SqlType | undefined)[]): FunctionBody {
		const routine = this.#routine(entry);
		const isTemplated = routine.arguments.some(argument => argument.type === undefined);
		const {statement, analysis} = isTemplated ? this.#template(routine, argumentTypes) : this.#analyze(routine.dataset, `routine:${routine.dataset}.${routine.routine}`, routine.source, routine.defaultDataset);
		if (statement.kind !== 'create-function' || statement.body === undefined) {
			throw new Error(`${entry.path.join('.')} is stored as a function but is none.`);
		}

		return {analysis, expression: statement.body, argumentNames: statement.arguments.map(argument => argument.name.name), returns: routine.returns};
	}

	tableFunction(entry: RoutineEntry): TableFunctionBody {
		const {statement, analysis} = this.analysisOf(entry);
		if (statement.kind !== 'create-table-function') {
			throw new Error(`${entry.path.join('.')} is stored as a table function but is none.`);
		}

		return {analysis, query: statement.query, argumentNames: statement.arguments.map(argument => argument.name.name)};
	}

	view(entry: TableEntry): ViewBody {
		const [, dataset, name] = entry.path as readonly [string, string, string];
		const table = this.#store.table(dataset, name);
		const {statement, analysis} = this.#analyze(dataset, `view:${dataset}.${name}:${table.etag}`, table.viewQuery ?? '', undefined);
		if (statement.kind !== 'query-statement') {
			throw new Error(`${entry.path.join('.')} is stored as a view but is none.`);
		}

		return {query: statement.query, analysis};
	}

	/** The CREATE statement of a routine with its annotations. */
	analysisOf(entry: RoutineEntry): Analyzed {
		const routine = this.#routine(entry);
		return this.#analyze(routine.dataset, `routine:${routine.dataset}.${routine.routine}`, routine.source, routine.defaultDataset);
	}

	/** The CREATE statement of a routine, without annotations: the names in a procedure's body are resolved when it runs. */
	parsed(routine: StoredRoutine): Statement {
		let statement = this.#parsed.get(routine.source);
		if (statement === undefined) {
			statement = parseStatement(routine.source);
			this.#parsed.set(routine.source, statement);
		}

		return statement;
	}

	#routine(entry: RoutineEntry): StoredRoutine {
		const [, dataset, name] = entry.path as readonly [string, string, string];
		const routine = this.#store.findRoutine(dataset, name);
		if (routine === undefined) {
			throw new SqlError({reason: 'notFound', message: `Not found: Routine ${this.#store.project}:${dataset}.${name}`});
		}

		return routine;
	}

	#catalog(defaultDataset: string | undefined): AnalyzerCatalog {
		return analyzerCatalog({store: this.#store, defaultDataset, temporary: new Map()});
	}

	#analyze(dataset: string, key: string, text: string, defaultDataset: string | undefined): Analyzed {
		if (this.#revision !== this.#store.revision) {
			this.#revision = this.#store.revision;
			this.#analyzed = new Map();
		}

		let analyzed = this.#analyzed.get(key);
		if (analyzed === undefined) {
			const statement = parseStatement(text);
			const location = this.#store.findDataset(dataset)?.location;
			const analysis = analyzeStatement(statement, {text, catalog: this.#catalog(defaultDataset), project: this.#store.project, ...(defaultDataset === undefined ? {} : {defaultDataset}), ...(location === undefined ? {} : {location})});
			analyzed = {statement, analysis, text};
			this.#analyzed.set(key, analyzed);
		}

		return analyzed;
	}

	/** ANY TYPE arguments take the types of the call. */
	#template(routine: StoredRoutine, argumentTypes: readonly (SqlType | undefined)[]): Analyzed {
		const parsed = this.parsed(routine);
		if (parsed.kind !== 'create-function') {
			throw new Error(`${routine.routine} is stored as a function but is none.`);
		}

		const types = argumentTypes.map(type => type ?? ({kind: 'scalar', name: 'INT64'} as const));
		const analysis = analyzeStatement(parsed, {text: routine.source, catalog: this.#catalog(routine.defaultDataset), project: this.#store.project, ...(routine.defaultDataset === undefined ? {} : {defaultDataset: routine.defaultDataset}), templateArguments: types});
		return {statement: parsed, analysis, text: routine.source};
	}
}
