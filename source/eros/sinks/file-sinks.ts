// Schedules as files: CSV (the contract) and JSON (the envelope's data). Written beside, renamed, read back, compared.
import type {Files} from '../../ports/outside.js';
import {scheduleSchema, type Schedule} from '../envelope.js';
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

/** Writes the schedule's JSON. */
export const createJsonSink = ({files, pathOf}: FileSinkOptions): ScheduleSink => ({
	format: 'JSON',
	async write(schedule) {
		const path = pathOf(schedule);
		const text = `${JSON.stringify(schedule, undefined, '\t')}\n`;
		await files.write(path, text);
		const read = scheduleSchema.parse(JSON.parse(await readText(files, path)));
		if (JSON.stringify(read) !== JSON.stringify(scheduleSchema.parse(schedule))) {
			throw new Error(`${path} does not hold what was written.`);
		}

		return {destination: path, messageCount: schedule.messages.length, detail: `${schedule.messages.length} messages, read back equal`};
	},
});
