// eros-tui schedule --from: a schedule's JSON, checked field by field and rule by rule, written as CSV or JSON. Asks no warehouse.
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {UsageError, type UsageProblem} from '../domain/usage-error.js';
import {exportProblems} from '../eros/agents/sheets-exporter.js';
import {findFieldProblems} from '../eros/envelope-problems.js';
import {envelopeSchemas, scheduleSchema, scheduleShape, type Envelopes, type Schedule} from '../eros/envelope.js';

const field = '--from';
const fix = 'Write one with: eros-tui schedule --page-name page_01 --start-date 2025-11-03 --format json';

/** Most problems told at once: the rest often follows from the first. */
const mostTold = 20;

const readText = async (file: string, given: string): Promise<string> => {
	try {
		return new TextDecoder('utf-8', {fatal: true}).decode(await readFile(file));
	} catch (error) {
		const {code} = error as {readonly code?: string};
		const accepted = code === 'ENOENT' ? 'a file that exists' : code === 'EISDIR' ? 'a file, not a folder' : code === 'EACCES' ? 'a file that can be read' : 'a file with UTF-8 text';
		throw new UsageError([{field, value: given, accepted, fix}]);
	}
};

const parseJson = (text: string, given: string): unknown => {
	try {
		return JSON.parse(text);
	} catch (error) {
		throw new UsageError([{field, value: given, accepted: `a file with JSON (${error instanceof Error ? error.message : String(error)})`, fix}]);
	}
};

const mend = 'Mend the file, or build the week again: eros-tui schedule --page-name <page> --start-date <date> --format json';

export type ReadSchedule = {readonly schedule: Schedule; /** Undefined where the file holds the data alone. */ readonly envelope: Envelopes['schedule_builder'] | undefined};

/**
 * The schedule in a file: the builder's envelope (`--json`, `--format json`) or its data.
 * @param given the path as the person wrote it.
 * @throws UsageError naming each field with its value, what is accepted and what to do; then each rule that the schedule breaks.
 */
export const readScheduleFile = async (cwd: string, given: string): Promise<ReadSchedule> => {
	const data = parseJson(await readText(path.resolve(cwd, given), given), given);
	const isEnvelope = typeof data === 'object' && data !== null && ('agent' in data || 'schema_version' in data);
	const problems = findFieldProblems(isEnvelope ? envelopeSchemas.schedule_builder : scheduleSchema, data);
	const fields = problems.map((problem): UsageProblem => ({field: `${given}: ${problem.field === '' ? 'the whole' : problem.field}`, value: problem.value, isJson: true, accepted: problem.accepted, fix: mend}));
	const schedule = isEnvelope ? (data as {readonly data?: unknown}).data : data;
	if (fields.length === 0 && schedule === null) {
		throw new UsageError([{field: `${given}: data`, value: 'null', isJson: true, accepted: 'the schedule of an envelope whose status is success', fix: mend}]);
	}

	// Fields that contradict each other don't hide a rule that is broken: both are told.
	const shaped = scheduleShape.safeParse(schedule);
	const rules = shaped.success ? exportProblems(shaped.data).map((rule): UsageProblem => ({field: `${given}: rules`, value: rule, accepted: 'a week that keeps the rules of the schedule', fix: mend})) : [];
	const told = [...fields, ...rules].slice(0, mostTold);
	if (told.length > 0) {
		throw new UsageError(told);
	}

	return {schedule: scheduleSchema.parse(schedule), envelope: isEnvelope ? envelopeSchemas.schedule_builder.parse(data) : undefined};
};
