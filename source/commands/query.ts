// `eros-tui query`: SQL on the target. Rows go to standard output, everything said about them to standard error.
import {stringify} from 'csv-stringify/sync';
import stringWidth from 'string-width';
import {connect} from '../cloud/connect.js';
import {UsageError} from '../domain/usage-error.js';
import {createSystemClock} from '../host/system-clock.js';
import type {Field, JobStatus, Row} from '../ports/warehouse.js';
import {loadSettings} from '../settings/index.js';
import type {CommandIo, CommandRun} from './command.js';
import {exitCode} from './exit-codes.js';

const readAll = async (stdin: CommandIo['stdin']): Promise<string> => {
	const chunks: Buffer[] = [];
	for await (const chunk of stdin as AsyncIterable<Buffer | string>) {
		chunks.push(Buffer.from(chunk));
	}

	return Buffer.concat(chunks).toString('utf8');
};

/** JSON has no big integers; they are written as text, like BigQuery does. */
const jsonOf = (value: unknown): string => JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? part.toString() : part)) ?? 'null';

// Control characters of a cell must not reach the terminal: a row may come from anywhere.
const cellText = (value: unknown): string => {
	if (value === null || value === undefined) {
		return 'NULL';
	}

	const text = typeof value === 'object' ? jsonOf(value) : String(value);
	// eslint-disable-next-line no-control-regex -- what a cell holds must not move the cursor
	return text.replaceAll(/[\u0000-\u001F\u007F-\u009F]/g, character => (character === '\n' ? '⏎' : ' '));
};

const rightAligned = new Set(['INT64', 'FLOAT64', 'NUMERIC', 'BIGNUMERIC']);

/** Rows as an aligned table with a rule under the names. */
export const formatTable = (schema: readonly Field[], rows: readonly Row[]): string => {
	const cells = rows.map(row => schema.map(field => cellText(row[field.name])));
	const widths = schema.map((field, index) => Math.max(stringWidth(field.name), ...cells.map(row => stringWidth(row[index] ?? ''))));
	const line = (parts: readonly string[], isHead: boolean): string =>
		parts
			.map((part, index) => {
				const space = ' '.repeat((widths[index] ?? 0) - stringWidth(part));
				return rightAligned.has(schema[index]?.type ?? '') && schema[index]?.mode !== 'REPEATED' && !isHead ? space + part : part + space;
			})
			.join('  ')
			.trimEnd();
	return [line(schema.map(field => field.name), true), widths.map(width => '─'.repeat(width)).join('  '), ...cells.map(row => line(row, false))].join('\n');
};

const csvOf = (schema: readonly Field[], rows: readonly Row[]): string =>
	stringify(rows.map(row => schema.map(({name}) => (row[name] === null || row[name] === undefined ? '' : (typeof row[name] === 'object' ? jsonOf(row[name]) : String(row[name] as string | number | boolean | bigint))))), {header: true, columns: schema.map(({name}) => name)});

const summaryOf = (job: JobStatus, rowCount: number, hasRows: boolean): string => {
	const parts = [
		hasRows ? `${rowCount} ${rowCount === 1 ? 'row' : 'rows'}` : (job.affectedRows === undefined ? `${job.statementType ?? 'Statement'} done` : `${job.affectedRows} ${job.affectedRows === 1 ? 'row' : 'rows'} affected`),
		`${job.processedBytes} bytes read`,
		`${job.billedBytes} bytes billed`,
	];
	return `${parts.join(', ')}; job ${job.id}.`;
};

export const run: CommandRun = async ({options, arguments: given, io}) => {
	const [first] = given;
	const sql = first === '-' ? await readAll(io.stdin) : first ?? '';
	if (sql.trim() === '') {
		throw new UsageError([{field: '<sql>', value: undefined, accepted: 'a statement or a script, or - to read standard input', fix: 'eros-tui query "SELECT 1"'}]);
	}

	const settings = await loadSettings(options, io.env);
	const connection = await connect({kind: settings.target, project: settings.project, dataset: settings.dataset, location: settings.location, env: io.env, clock: createSystemClock()});
	try {
		const {warehouse} = connection;
		if (options['dryRun'] === true) {
			const answer = await warehouse.dryRun(sql, {defaultDataset: settings.dataset});
			io.stdout.write(options['json'] === true
				? `${JSON.stringify(answer)}\n`
				: `${answer.statementType}: ${answer.totalBytes} bytes would be read\n${answer.schema.map(field => `  ${field.name} ${field.mode === 'REPEATED' ? `ARRAY<${field.type}>` : field.type}\n`).join('')}`);
			return exitCode.done;
		}

		const {rows, schema, job} = await warehouse.query(sql, {defaultDataset: settings.dataset, maximumBytesBilled: settings.maximumBytesBilled, labels: {eros_tool: 'query'}, timeoutMs: settings.jobTimeoutMs});
		if (options['json'] === true) {
			io.stdout.write(`[${rows.map(row => jsonOf(row)).join(',\n')}]\n`);
			return exitCode.done;
		}

		if (schema.length > 0) {
			io.stdout.write(options['csv'] === true ? csvOf(schema, rows) : `${formatTable(schema, rows)}\n`);
		}

		io.stderr.write(`${summaryOf(job, rows.length, schema.length > 0)}\n`);
		return exitCode.done;
	} finally {
		await connection.close();
	}
};
