// A catalog in memory that grows with each CREATE of the texts put through it.
import {readdirSync, readFileSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {analyzeStatement, parseScript, routineEntry, type AnalyzeOptions, type AnalyzerCatalog, type RoutineEntry, type Statement, type TableEntry} from '../../../source/googlesql/index.js';

export class MemoryCatalog implements AnalyzerCatalog {
	readonly #tables = new Map<string, TableEntry>();
	readonly #routines = new Map<string, RoutineEntry>();

	constructor(...texts: readonly string[]) {
		for (const text of texts) this.add(text);
	}

	/** Creates what the text creates; other statements are left alone. */
	add(text: string): void {
		for (const statement of parseScript(text).statements) this.create(statement, text);
	}

	create(statement: Statement, text: string): void {
		if (!statement.kind.startsWith('create-') || statement.kind === 'create-schema') return;
		const {columns, returns, typeOfNode} = analyzeStatement(statement, this.options(text));
		if (statement.kind === 'create-function' || statement.kind === 'create-table-function' || statement.kind === 'create-procedure') {
			const entry = routineEntry(statement, text, columns, returns, typeOfNode);
			this.#routines.set(`${entry.kind} ${entry.path.join('.').toLowerCase()}`, entry);
		} else if (statement.kind === 'create-table' || statement.kind === 'create-view') {
			const path = statement.path.parts.map(({name}) => name);
			this.#tables.set(path.join('.').toLowerCase(), {kind: statement.kind === 'create-view' ? 'view' : 'table', path, columns});
		}
	}

	readonly findTable = (path: readonly string[]): TableEntry | undefined => {
		const inner = path.findIndex(part => part.toUpperCase() === 'INFORMATION_SCHEMA');
		return this.#tables.get((inner >= 0 ? path.slice(inner + 1) : path).join('.').toLowerCase());
	};

	readonly findRoutine = (path: readonly string[], kind: RoutineEntry['kind']): RoutineEntry | undefined => this.#routines.get(`${kind} ${path.join('.').toLowerCase()}`);

	options(text: string, more: Partial<AnalyzeOptions> = {}): AnalyzeOptions {
		return {text, catalog: this, project: 'p', ...more};
	}
}

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Texts of the SQL files under a folder of `sql/`, placeholders filled in, by path. */
export function readSqlFolder(folder: string): readonly {readonly path: string; readonly text: string}[] {
	const read = (path: string): {path: string; text: string}[] => {
		if (statSync(path).isDirectory()) return readdirSync(path).sort().flatMap(name => read(join(path, name)));
		if (!path.endsWith('.sql')) return [];
		const text = readFileSync(path, 'utf8')
			.replaceAll('${dataset}', 'of-scheduler-proj.eros_scheduling_brain')
			.replaceAll('${region}', 'of-scheduler-proj.region-us')
			.replaceAll('${dataset_name}', 'eros_scheduling_brain')
			.replaceAll('${timezone}', 'America/Los_Angeles');
		return [{path: path.slice(root.length), text}];
	};

	return read(join(root, folder));
}

/** INFORMATION_SCHEMA views as CREATE TABLE statements. */
export function informationSchema(): string {
	return readFileSync(join(root, 'test/oracle/information-schema.sql'), 'utf8');
}
