// The catalog as the analyzer asks for it: names to entries, with the temporary tables of the job first.
import type {AnalyzerCatalog, RoutineEntry, TableEntry} from '../../googlesql/catalog.js';
import {parseStatement} from '../../googlesql/index.js';
import type {CatalogStore} from './catalog-store.js';
import {findInformationSchema} from './information-schema.js';
import type {StoredRoutine, StoredTable} from './records.js';

const routineKinds = {SCALAR_FUNCTION: 'function', TABLE_VALUED_FUNCTION: 'table-function', PROCEDURE: 'procedure'} as const;

/** Entry of a stored table or view. */
export const tableEntry = (project: string, table: StoredTable): TableEntry => ({
	kind: table.type === 'VIEW' ? 'view' : 'table',
	path: [project, table.dataset, table.table],
	columns: table.columns,
});

const definitions = new WeakMap<StoredRoutine, NonNullable<RoutineEntry['definition']>>();

/** What a call of an ANY TYPE template is analyzed by. */
const definitionOf = (routine: StoredRoutine): NonNullable<RoutineEntry['definition']> => {
	const known = definitions.get(routine);
	if (known !== undefined) {
		return known;
	}

	const definition = {text: routine.source, statement: parseStatement(routine.source) as NonNullable<RoutineEntry['definition']>['statement']};
	definitions.set(routine, definition);
	return definition;
};

/** Entry of a stored routine. */
export const routineEntry = (project: string, routine: StoredRoutine): RoutineEntry => ({
	kind: routineKinds[routine.type],
	path: [project, routine.dataset, routine.routine],
	arguments: routine.arguments,
	...(routine.returns === undefined ? {} : {returns: routine.returns}),
	...(routine.columns === undefined ? {} : {columns: routine.columns}),
	...(routine.arguments.some(argument => argument.type === undefined) ? {definition: definitionOf(routine)} : {}),
});

/** Project, dataset and name of a path of one to three parts; undefined when it names another project or no dataset. */
export const resolvePath = (project: string, defaultDataset: string | undefined, path: readonly string[]): readonly [dataset: string, name: string] | undefined => {
	const [first, second, third] = path;
	if (path.length === 1 && first !== undefined && defaultDataset !== undefined) {
		return [defaultDataset, first];
	}

	if (path.length === 2 && first !== undefined && second !== undefined) {
		return [first, second];
	}

	return path.length === 3 && first === project && second !== undefined && third !== undefined ? [second, third] : undefined;
};

/**
 * @param options.temporary - temporary tables of the job, by lower-case name; a one-part name finds them before anything else.
 * @param options.overlay - entries not yet in the store, for example a routine that is being created.
 */
export const analyzerCatalog = (options: {readonly store: CatalogStore; readonly defaultDataset: string | undefined; readonly temporary: ReadonlyMap<string, TableEntry>; readonly temporaryRoutines?: ReadonlyMap<string, RoutineEntry>}): AnalyzerCatalog => {
	const {store, defaultDataset, temporary, temporaryRoutines} = options;
	return {
		findTable(path) {
			const isTemporary = path.length === 1 || (path.length === 2 && path[0]!.toUpperCase() === '_SESSION');
			const temporaryEntry = isTemporary ? temporary.get(path.at(-1)!.toLowerCase()) : undefined;
			if (temporaryEntry !== undefined) {
				return temporaryEntry;
			}

			const view = findInformationSchema(store, path);
			if (view !== undefined) {
				return view;
			}

			const resolved = resolvePath(store.project, defaultDataset, path);
			const table = resolved === undefined ? undefined : store.findTable(...resolved);
			return table === undefined ? undefined : tableEntry(store.project, table);
		},
		findRoutine(path, kind) {
			const temporaryEntry = path.length === 1 ? temporaryRoutines?.get(path[0]!.toLowerCase()) : undefined;
			if (temporaryEntry?.kind === kind) {
				return temporaryEntry;
			}

			const resolved = resolvePath(store.project, defaultDataset, path);
			const routine = resolved === undefined ? undefined : store.findRoutine(...resolved);
			const entry = routine === undefined ? undefined : routineEntry(store.project, routine);
			return entry?.kind === kind ? entry : undefined;
		},
	};
};
