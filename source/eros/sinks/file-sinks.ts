// Schedules as files: CSV (the contract) and JSON (the builder's envelope, or its data). Written beside, renamed, read back, compared.
import type {Files} from '../../ports/outside.js';
import {envelopeSchemas, scheduleSchema, type Envelopes, type Schedule} from '../envelope.js';
import {csvColumns, differenceOf, formatCsv, parseCsv, toCsvRows} from './csv-row.js';
import type {ScheduleSink} from './sink.js';

export type FileSinkOptions = {
	readonly files: Files;
	/** Path of a schedule's file. */
	readonly pathOf: (schedule: Pick<Schedule, 'page_name' | 'metadata'>) => string;
	readonly hasByteOrderMark?: boolean;
};

const readText = async (files: Files, path: string): Promise<string> => new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(await files.read(path));

/** Writes the CSV of the contract. */
export const createCsvSink = ({files, pathOf, hasByteOrderMark = false}: FileSinkOptions): ScheduleSink => ({
	format: 'CSV',
	async write(schedule) {
		const path = pathOf(schedule);
		const rows = toCsvRows(schedule);
		await files.write(path, formatCsv(rows, {hasByteOrderMark}));
		const difference = differenceOf(rows, parseCsv(await readText(files, path)));
		if (difference) {
			throw new Error(`${path} does not hold what was written: ${difference}.`);
		}

		return {destination: path, messageCount: rows.length, detail: `${rows.length} rows, ${csvColumns.length} columns, read back equal`};
	},
});

export type JsonSinkOptions = FileSinkOptions & {
	/** The builder's envelope around a schedule; the schedule alone is written where it is left out. */
	readonly envelopeOf?: (schedule: Schedule) => Envelopes['schedule_builder'];
};

/** Writes the schedule's JSON. */
export const createJsonSink = ({files, pathOf, envelopeOf}: JsonSinkOptions): ScheduleSink => ({
	format: 'JSON',
	async write(schedule) {
		const path = pathOf(schedule);
		const [schema, content] = envelopeOf === undefined ? [scheduleSchema, schedule] : [envelopeSchemas.schedule_builder, envelopeOf(schedule)];
		await files.write(path, `${JSON.stringify(content, undefined, '\t')}\n`);
		const read = schema.parse(JSON.parse(await readText(files, path)));
		if (JSON.stringify(read) !== JSON.stringify(schema.parse(content))) {
			throw new Error(`${path} does not hold what was written.`);
		}

		return {destination: path, messageCount: schedule.messages.length, detail: `${schedule.messages.length} messages, read back equal`};
	},
});
