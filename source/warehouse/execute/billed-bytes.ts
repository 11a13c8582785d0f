// Bytes that a statement reads, as BigQuery bills them: whole columns of the tables it refers to, at least 10 MiB a table.
import {walk, type PathExpression, type Reference, type SelectDotStar, type SelectStar, type Statement, type StatementAnalysis, type TableEntry} from '../../googlesql/index.js';
import type {SqlType} from '../../googlesql/types.js';
import type {StoredTable} from '../catalog/records.js';
import type {StatementReport} from '../contract.js';
import {quoteName} from '../emit/duck-type.js';
import {bodiesBehind, type Body} from './bodies-behind.js';
import type {JobSession} from './session.js';

const mebibyte = 1_048_576;
const leastBytes = 10 * mebibyte;

/** Columns read, by table path; true means all of them. */
type Usage = Map<string, {readonly entry: TableEntry; readonly columns: Set<string> | true}>;

const pathKey = (entry: TableEntry): string => entry.path.join('.');

const note = (usage: Usage, reference: Reference): void => {
	if (reference.kind === 'using-column') {
		note(usage, reference.left);
		note(usage, reference.right);
		return;
	}

	if (reference.kind !== 'column' && reference.kind !== 'row') {
		return;
	}

	const {origin} = reference.source;
	if (origin.kind !== 'table' && origin.kind !== 'dml-target') {
		return;
	}

	const used = usage.get(pathKey(origin.table));
	if (used !== undefined && used.columns !== true) {
		if (reference.kind === 'row') {
			usage.set(pathKey(origin.table), {entry: origin.table, columns: true});
		} else {
			used.columns.add(reference.column.toLowerCase());
		}
	}
};

const collect = ({node: body, analysis}: Body, usage: Usage): void => {
	for (const entry of analysis.referencedTables) {
		if (entry.kind !== 'view' && entry.kind !== 'temporary' && !usage.has(pathKey(entry))) {
			usage.set(pathKey(entry), {entry, columns: new Set()});
		}
	}

	walk(body, node => {
		try {
			if (node.kind === 'path-expression') {
				note(usage, analysis.referenceOf(node as PathExpression));
			} else if (node.kind === 'select-star' || node.kind === 'select-dot-star') {
				for (const column of analysis.starOf(node as SelectStar | SelectDotStar)) {
					if (column.value.kind === 'reference') {
						note(usage, column.value.reference);
					}
				}
			}
		} catch {
			// Names that the analyzer does not annotate (date parts, aliases of other statements) read no column.
		}
	});
};

const fixedWidths: Readonly<Record<string, number>> = {INT64: 8, FLOAT64: 8, NUMERIC: 16, BIGNUMERIC: 32, BOOL: 1, DATE: 8, DATETIME: 8, TIME: 8, TIMESTAMP: 8, INTERVAL: 16};

/** Average width of one value of a column, measured once for each state of a table. */
const measured = new Map<string, {readonly changedMs: number; readonly widths: ReadonlyMap<string, number>; readonly rows: number}>();

const isFixed = (type: SqlType): boolean => type.kind === 'scalar' && fixedWidths[type.name] !== undefined;

const measure = async (session: JobSession, table: StoredTable): Promise<{readonly widths: ReadonlyMap<string, number>; readonly rows: number}> => {
	const key = `${session.engine.project}.${table.storage ?? ''}`;
	const changedMs = Math.max(table.modifiedMs, session.engine.versions.lastChangeMs(table));
	const known = measured.get(key);
	if (known?.changedMs === changedMs && known.widths.size === table.columns.length) {
		return known;
	}

	const open = table.columns.filter(column => !isFixed(column.type));
	const sums = open.map(column => `avg(2 + strlen(CAST(${quoteName(column.name)} AS VARCHAR)))`);
	const reader = await session.connection.runAndReadAll(`SELECT count(*)${sums.map(sum => `, ${sum}`).join('')} FROM ${table.storage ?? ''}`);
	const [rows, ...averages] = reader.getRows()[0] ?? [0];
	const widths = new Map<string, number>();
	for (const column of table.columns) {
		const index = open.indexOf(column);
		widths.set(column.name.toLowerCase(), index === -1 ? (column.type.kind === 'scalar' ? (fixedWidths[column.type.name] ?? 8) : 8) : Number(averages[index] ?? 2));
	}

	const measurement = {changedMs, widths, rows: Number(rows)};
	measured.set(key, measurement);
	return measurement;
};

/** Logical size of a table in bytes. */
export const tableBytes = async (session: JobSession, table: StoredTable): Promise<{readonly rows: number; readonly bytes: number}> => {
	const {rows, widths} = await measure(session, table);
	return {rows, bytes: Math.round(rows * [...widths.values()].reduce((sum, width) => sum + width, 0))};
};

/** Statements that keep a query for later: they read nothing now. */
const definitions: ReadonlySet<Statement['kind']> = new Set(['create-function', 'create-table-function', 'create-procedure', 'create-view']);

/** What a statement reads and is billed for. */
export const countBytes = async (session: JobSession, statement: Statement, analysis: StatementAnalysis): Promise<Pick<StatementReport, 'processedBytes' | 'billedBytes' | 'referencedTables'>> => {
	if (definitions.has(statement.kind)) {
		const tables = analysis.referencedTables.filter(({kind}) => kind !== 'temporary' && kind !== 'information-schema');
		return {processedBytes: 0, billedBytes: 0, referencedTables: tables.map(({path}) => path as readonly [string, string, string])};
	}

	const usage: Usage = new Map();
	for (const body of bodiesBehind(session, {node: statement, analysis})) {
		collect(body, usage);
	}

	if (statement.kind === 'insert' || statement.kind === 'create-table') {
		usage.delete([...usage.keys()].find(key => key.endsWith(`.${(statement.kind === 'insert' ? statement.target.path : statement.path).parts.at(-1)!.name}`) && usage.get(key)!.columns !== true && (usage.get(key)!.columns as Set<string>).size === 0) ?? '');
	}

	let processedBytes = 0;
	let billedBytes = 0;
	const referencedTables: (readonly [string, string, string])[] = [];
	for (const {entry, columns} of usage.values()) {
		const [project, dataset, name] = entry.path as readonly [string, string, string];
		if (entry.kind === 'information-schema') {
			processedBytes += leastBytes;
			billedBytes += leastBytes;
			continue;
		}

		const table = session.engine.store.findTable(dataset, name);
		if (table?.storage === undefined) {
			continue;
		}

		const {rows, widths} = await measure(session, table);
		const names = columns === true ? [...widths.keys()] : [...columns];
		const bytes = Math.round(rows * names.reduce((sum, column) => sum + (widths.get(column) ?? 0), 0));
		processedBytes += bytes;
		billedBytes += Math.max(leastBytes, Math.ceil(bytes / mebibyte) * mebibyte);
		referencedTables.push([project, dataset, name]);
	}

	return {processedBytes, billedBytes, referencedTables};
};
