// Puts together what the emitter needs for one statement of one job.
import type {Expression, StatementAnalysis, TableEntry} from '../../googlesql/index.js';
import {informationSchemaRelation} from '../catalog/information-schema.js';
import {SqlError} from '../contract.js';
import {Aliases, type EmitCatalog, type Emission, type Value} from '../emit/context.js';
import {quoteName} from '../emit/duck-type.js';
import {emitFitted} from '../emit/query.js';
import type {RuntimeScope, TypedCell} from '../script/runtime.js';
import {columnDefault} from './column-default.js';
import type {JobSession} from './session.js';

const value = ({type, value: cell}: TypedCell): Value => ({type, cell});

const find = (values: ReadonlyMap<string, TypedCell>, name: string): TypedCell | undefined => {
	const exact = values.get(name);
	if (exact !== undefined) {
		return exact;
	}

	const key = name.toLowerCase();
	return [...values].find(([declared]) => declared.toLowerCase() === key)?.[1];
};

/** The catalog as the emitter asks it, with the temporary tables of the job. */
export const emitCatalog = (session: JobSession, nowMicros: bigint): EmitCatalog => {
	const {engine} = session;
	const relation = (table: TableEntry, atMicros: bigint | undefined): string => {
		switch (table.kind) {
			case 'temporary': {
				return session.temporary.get(table.path.at(-1)!.toLowerCase())!.storage;
			}

			case 'information-schema': {
				return informationSchemaRelation(engine.store, table);
			}

			case 'view': {
				const {query, analysis} = engine.bodies.view(table);
				const text = emitFitted(query, [], bareEmission(session, analysis, nowMicros, {atMicros}));
				// The view's own names, which its query need not have: CREATE VIEW v (a, b) AS ...
				const isSame = table.columns.every((column, index) => column.name === analysis.columns[index]?.name);
				return isSame ? `(${text})` : `(SELECT * FROM (${text}) AS v(${table.columns.map(column => quoteName(column.name)).join(', ')}))`;
			}

			case 'table': {
				const [, dataset, name] = table.path as readonly [string, string, string];
				const stored = engine.store.table(dataset, name);
				return atMicros === undefined ? (stored.storage ?? '') : engine.versions.relation(engine.project, stored, Number(atMicros / 1000n));
			}
		}
	};

	return {
		relation,
		columnDefault(table, column) {
			const [, dataset = '', name = ''] = table.path;
			const {defaults} = table.kind === 'temporary' ? session.temporary.get(table.path.at(-1)!.toLowerCase())! : engine.store.table(dataset, name);
			const text = defaults?.[column.name];
			return text === undefined ? undefined : columnDefault(engine, text, column);
		},
		functionBody: (routine, argumentTypes) => session.functions.body(routine, argumentTypes) ?? engine.bodies.function(routine, argumentTypes),
		tableFunctionBody: routine => engine.bodies.tableFunction(routine),
	};
};

/**
 * Emission of what sees neither variables nor parameters: the body of a view, a default.
 * @param user - who SESSION_USER() is; unset where it is not to be asked.
 */
export const bareEmission = (session: JobSession, analysis: StatementAnalysis, nowMicros: bigint, {atMicros, user}: {readonly atMicros?: bigint | undefined; readonly user?: string}): Emission => {
	const none = (): never => {
		throw new SqlError({reason: 'invalidQuery', message: 'Query parameters cannot be used inside a view'});
	};

	const catalog = emitCatalog(session, nowMicros);
	return {
		analysis,
		// A view read as of an instant reads its tables as of that instant.
		catalog: atMicros === undefined ? catalog : {...catalog, relation: table => catalog.relation(table, table.kind === 'table' ? atMicros : undefined)},
		nowMicros,
		variable: none,
		parameter: none,
		systemVariable(names) {
			const cell = {time_zone: 'UTC', session_user: user}[names.join('.').toLowerCase()];
			return cell === undefined ? none() : {type: {kind: 'scalar', name: 'STRING'}, cell};
		},
		arguments: new Map(),
		tableArguments: new Map(),
		locals: new Map(),
		systemTime: none,
		aliases: new Aliases(),
	};
};

export type EmissionOptions = {
	readonly session: JobSession;
	readonly analysis: StatementAnalysis;
	readonly scope: RuntimeScope;
	readonly nowMicros: bigint;
	/** Values of FOR SYSTEM_TIME AS OF in the statement. */
	readonly systemTimes: ReadonlyMap<Expression, bigint>;
};

/** Emission of a statement of a script. */
export const createEmission = ({session, analysis, scope, nowMicros, systemTimes}: EmissionOptions): Emission => ({
	analysis,
	catalog: emitCatalog(session, nowMicros),
	nowMicros,
	variable(name) {
		const found = find(scope.variables, name);
		if (found === undefined) {
			throw new SqlError({reason: 'invalidQuery', message: `Undeclared variable: ${name}`});
		}

		return value(found);
	},
	parameter(name, position) {
		const found = name === undefined ? scope.parameters.filter(parameter => parameter.name === undefined)[position ?? 0] : scope.parameters.find(parameter => parameter.name?.toLowerCase() === name.toLowerCase());
		if (found === undefined) {
			throw new SqlError({reason: 'invalidQuery', message: name === undefined ? 'Query parameters: too few positional parameters were given' : `Query parameter '${name}' not found`});
		}

		return {type: found.type, cell: found.value};
	},
	systemVariable(names) {
		const found = scope.systemVariables.get(names.join('.').toLowerCase());
		if (found === undefined) {
			throw new SqlError({reason: 'invalidQuery', message: `Unrecognized name: @@${names.join('.')}`});
		}

		return value(found);
	},
	arguments: new Map(),
	tableArguments: new Map(),
	locals: new Map(),
	systemTime(expression) {
		const at = systemTimes.get(expression);
		if (at === undefined) {
			throw new Error('FOR SYSTEM_TIME AS OF was not evaluated before emission.');
		}

		return at;
	},
	aliases: new Aliases(),
});
