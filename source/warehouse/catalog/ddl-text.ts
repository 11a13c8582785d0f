// The `ddl` of INFORMATION_SCHEMA.TABLES: the statement that would make the table again.
import type {Column} from '../../googlesql/types.js';
import {typeText} from '../emit/duck-type.js';
import type {StoredTable} from './records.js';

const quoted = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;

const columnText = (column: Column, table: StoredTable): string => {
	const default_ = table.defaults?.[column.name];
	const description = table.columnDescriptions?.[column.name];
	return `  ${column.name} ${typeText(column.type)}${default_ === undefined ? '' : ` DEFAULT ${default_}`}${column.isRequired === true ? ' NOT NULL' : ''}${description === undefined ? '' : ` OPTIONS(description=${quoted(description)})`}`;
};

const optionsText = ({description, expiresMs, labels, partitioning}: StoredTable): string => {
	const options: string[] = [];
	if (expiresMs !== undefined) {
		options.push(`expiration_timestamp=TIMESTAMP ${quoted(new Date(expiresMs).toISOString())}`);
	}

	if (partitioning?.expirationMs !== undefined) {
		options.push(`partition_expiration_days=${partitioning.expirationMs / 86_400_000}`);
	}

	if (description !== undefined) {
		options.push(`description=${quoted(description)}`);
	}

	const entries = Object.entries(labels);
	if (entries.length > 0) {
		options.push(`labels=[${entries.map(([key, value]) => `(${quoted(key)}, ${quoted(value)})`).join(', ')}]`);
	}

	return options.length === 0 ? '' : `\nOPTIONS(\n  ${options.join(',\n  ')}\n)`;
};

const partitionText = ({partitioning, columns}: StoredTable): string => {
	if (partitioning === undefined) {
		return '';
	}

	const column = columns.find(({name}) => name === partitioning.column);
	const type = column?.type.kind === 'scalar' ? column.type.name : 'DATE';
	if (type === 'DATE') {
		return `\nPARTITION BY ${partitioning.type === 'DAY' ? partitioning.column : `DATE_TRUNC(${partitioning.column}, ${partitioning.type})`}`;
	}

	return `\nPARTITION BY ${partitioning.type === 'DAY' ? `DATE(${partitioning.column})` : `${type}_TRUNC(${partitioning.column}, ${partitioning.type})`}`;
};

/** GoogleSQL text that makes the table, view, clone or snapshot again. */
export const tableDdl = (project: string, table: StoredTable): string => {
	const path = `\`${project}.${table.dataset}.${table.table}\``;
	if (table.type === 'VIEW') {
		return `CREATE VIEW ${path}${optionsText(table)}\nAS ${table.viewQuery ?? ''};`;
	}

	if ((table.type === 'SNAPSHOT' || table.type === 'CLONE') && table.base !== undefined) {
		return `CREATE ${table.type === 'SNAPSHOT' ? 'SNAPSHOT ' : ''}TABLE ${path}\nCLONE \`${table.base.path.join('.')}\`${optionsText(table)};`;
	}

	const lines = table.columns.map(column => columnText(column, table));
	if (table.primaryKey !== undefined && table.primaryKey.length > 0) {
		lines.push(`  PRIMARY KEY (${table.primaryKey.join(', ')}) NOT ENFORCED`);
	}

	const clustering = table.clustering === undefined || table.clustering.length === 0 ? '' : `\nCLUSTER BY ${table.clustering.join(', ')}`;
	return `CREATE TABLE ${path}\n(\n${lines.join(',\n')}\n)${partitionText(table)}${clustering}${optionsText(table)};`;
};
