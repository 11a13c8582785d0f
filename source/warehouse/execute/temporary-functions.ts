// CREATE TEMP FUNCTION: SQL functions that live as long as the job that makes them.
import {analyzeStatement, type AnalyzerCatalog, type CreateFunction, type RoutineEntry, type SqlType, type StatementAnalysis} from '../../googlesql/index.js';
import type {FunctionBody} from '../emit/context.js';

type Defined = {readonly entry: RoutineEntry; readonly statement: CreateFunction; readonly text: string; /** Sees the functions that stood before it. */ readonly catalog: AnalyzerCatalog};

export class TemporaryFunctions {
	readonly #project: string;
	readonly #defined = new Map<string, Defined>();

	constructor(project: string) {
		this.#project = project;
	}

	/** By lower-case name. */
	entries(): ReadonlyMap<string, RoutineEntry> {
		return new Map([...this.#defined].map(([name, {entry}]) => [name, entry]));
	}

	/** @param text - what the spans of the statement count into. */
	define(entry: RoutineEntry, statement: CreateFunction, text: string, catalog: AnalyzerCatalog): void {
		this.#defined.set(entry.path.at(-1)!.toLowerCase(), {entry, statement, text, catalog});
	}

	/** Body for the types of a call; undefined when the routine is none of the job's own. */
	body(entry: RoutineEntry, argumentTypes: readonly (SqlType | undefined)[]): FunctionBody | undefined {
		const found = this.#find(entry);
		if (found === undefined) {
			return undefined;
		}

		const {statement} = found;
		return {analysis: this.#analyze(found, argumentTypes), expression: statement.body!, argumentNames: statement.arguments.map(argument => argument.name.name), returns: entry.returns};
	}

	/** The CREATE statement with its annotations; undefined when the routine is none of the job's own. */
	analysisOf(entry: RoutineEntry): {readonly statement: CreateFunction; readonly analysis: StatementAnalysis} | undefined {
		const found = this.#find(entry);
		return found === undefined ? undefined : {statement: found.statement, analysis: this.#analyze(found, [])};
	}

	#find(entry: RoutineEntry): Defined | undefined {
		const found = entry.path.length === 1 ? this.#defined.get(entry.path[0]!.toLowerCase()) : undefined;
		return found?.entry === entry ? found : undefined;
	}

	#analyze({entry, statement, text, catalog}: Defined, argumentTypes: readonly (SqlType | undefined)[]): StatementAnalysis {
		const isTemplated = entry.arguments.some(argument => argument.type === undefined);
		const templates = isTemplated && argumentTypes.length > 0 ? {templateArguments: argumentTypes.map(type => type ?? ({kind: 'scalar', name: 'INT64'} as const))} : {};
		return analyzeStatement(statement, {text, catalog, project: this.#project, ...templates});
	}
}
