// Where orchestrate puts its schedules: files, and the spreadsheet that is configured.
import {findCredentials} from '../cloud/identity/identity.js';
import type {UsageProblem} from '../domain/usage-error.js';
import {createCsvSink, createJsonSink, type JsonSinkOptions} from '../eros/sinks/file-sinks.js';
import {createConfiguredSheetsSink} from '../eros/sinks/sheets-sink.js';
import type {ScheduleSink} from '../eros/sinks/sink.js';
import type {CommandIo} from './command.js';
import {defaultOutput, type ErosConnection} from './eros-connection.js';

const scheduleFormats = ['csv', 'json', 'sheets'] as const;
export type ScheduleFormat = (typeof scheduleFormats)[number];

/** What is said where a spreadsheet is asked for and none is configured. */
export const noSpreadsheet = {accepted: 'no spreadsheet is configured', fix: 'Name it with EROS_SHEET_ID, the part of its address between /d/ and /edit'} as const;

const isFormat = (name: string): name is ScheduleFormat => scheduleFormats.includes(name as ScheduleFormat);

/**
 * The formats of `--format`, each once; undefined where it was left out.
 * @param sheetId the spreadsheet of the settings, without which there is no format `sheets`.
 */
export const readFormats = (value: unknown, sheetId: string | undefined): {readonly formats: readonly ScheduleFormat[] | undefined} | {readonly problem: UsageProblem} => {
	if (value === undefined) {
		return {formats: undefined};
	}

	const names = String(value).split(',').map(name => name.trim()).filter(name => name !== '');
	const formats = names.filter(name => isFormat(name));
	const refuse = (accepted: string, fix: string): {readonly problem: UsageProblem} => ({problem: {field: '--format', value: String(value), accepted, fix}});
	if (names.length === 0 || formats.length < names.length) {
		return refuse(`${scheduleFormats.join(', ')}, or several of them separated by commas`, 'Leave it out for csv, and for sheets where a spreadsheet is configured');
	}

	return formats.includes('sheets') && sheetId === undefined
		? refuse(`csv, json, or both; ${noSpreadsheet.accepted}`, noSpreadsheet.fix)
		: {formats: [...new Set(formats)]};
};

type Place = Pick<CommandIo, 'cwd' | 'env' | 'stderr'>;
type Connection = Pick<ErosConnection, 'settings' | 'clock' | 'files'>;
/** The builder's envelope around a schedule of this run. */
export type EnvelopeOf = NonNullable<JsonSinkOptions['envelopeOf']>;

/** The spreadsheet, written with the credentials that BigQuery is asked with. */
const openSheet = async (spreadsheetId: string, {clock}: Connection, {env}: Place): Promise<ScheduleSink> => {
	const {path: credentialsFile} = await findCredentials(env, '.');
	return createConfiguredSheetsSink({spreadsheetId, clock, credentialsFile});
};

/**
 * The sinks of a run, in the order of the formats.
 * @param formats undefined for the default: CSV, and the spreadsheet where one is configured and can be opened; what keeps it
 * from that is told. None of them means that nothing is exported.
 * @param envelopeOf what a JSON file holds.
 * @throws WarehouseError 'unauthenticated' when the spreadsheet was asked for and there are no credentials.
 */
export const createSinks = async (connection: Connection, io: Place, formats: readonly ScheduleFormat[] | undefined, envelopeOf: EnvelopeOf): Promise<readonly ScheduleSink[]> => {
	const {settings: {sheetId}, files} = connection;
	const toFile = (extension: 'csv' | 'json'): ScheduleSink => {
		const pathOf: JsonSinkOptions['pathOf'] = schedule => defaultOutput(io.cwd, schedule.page_name, schedule.metadata.week_start, extension);
		return extension === 'csv' ? createCsvSink({files, pathOf}) : createJsonSink({files, pathOf, envelopeOf});
	};

	const wanted = formats ?? ['csv', 'sheets'];
	const sinks = await Promise.all(wanted.map(async format => {
		if (format !== 'sheets') {
			return toFile(format);
		}

		return sheetId === undefined ? undefined : openSheet(sheetId, connection, io).catch((error: unknown) => {
			if (formats !== undefined) {
				throw error;
			}

			io.stderr.write(`warning: the spreadsheet is left out: ${error instanceof Error ? error.message : String(error)}\n`);
			return undefined;
		});
	}));
	return sinks.filter(sink => sink !== undefined);
};
