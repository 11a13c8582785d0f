// Where orchestrate puts its schedules: files, and the spreadsheet that is configured.
import {findCredentials} from '../cloud/identity/identity.js';
import {createCsvSink} from '../eros/sinks/file-sinks.js';
import {createConfiguredSheetsSink} from '../eros/sinks/sheets-sink.js';
import type {ScheduleSink} from '../eros/sinks/sink.js';
import type {CommandIo} from './command.js';
import {defaultOutput, type ErosConnection} from './eros-connection.js';

type Place = Pick<CommandIo, 'cwd' | 'env' | 'stderr'>;
type Connection = Pick<ErosConnection, 'settings' | 'clock' | 'files'>;

/** The spreadsheet of the settings, written with the credentials that BigQuery is asked with; undefined when there is none or it can't be written, which is told. */
const openSheet = async ({settings: {sheetId}, clock}: Connection, {env, stderr}: Place): Promise<ScheduleSink | undefined> => {
	if (sheetId === undefined) {
		return undefined;
	}

	try {
		const {path: credentialsFile} = await findCredentials(env, '.');
		return await createConfiguredSheetsSink({spreadsheetId: sheetId, clock, credentialsFile});
	} catch (error) {
		stderr.write(`warning: the spreadsheet is left out: ${error instanceof Error ? error.message : String(error)}\n`);
		return undefined;
	}
};

/** The sinks of a run; none when nothing is to be exported. */
export const createSinks = async (connection: Connection, io: Place, isExporting: boolean): Promise<readonly ScheduleSink[]> => {
	if (!isExporting) {
		return [];
	}

	const sheet = await openSheet(connection, io);
	return [createCsvSink({files: connection.files, pathOf: schedule => defaultOutput(io.cwd, schedule.page_name, schedule.metadata.week_start, 'csv')}), ...(sheet ? [sheet] : [])];
};
