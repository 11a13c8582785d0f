// Settings of an invocation: flags over environment over the settings file over defaults. One error format for all.
import {z} from 'zod';
import {UsageError, type UsageProblem} from '../domain/usage-error.js';

export type Settings = {
	/** Undefined until a project is configured: the target is then the embedded warehouse. */
	readonly target: 'embedded' | 'bigquery';
	readonly project: string;
	readonly dataset: string;
	readonly location: string;
	readonly timeZone: string;
	/** Civil date in the time zone, YYYY-MM-DD; undefined means today. */
	readonly deploymentDate: string | undefined;
	/** On-demand price of a TiB in micro-dollars; list price $6.25. */
	readonly pricePerTibMicros: number;
	readonly expectedDailyCostMicros: number;
	readonly costCapMicros: number;
	readonly maximumBytesBilled: number;
	readonly jobTimeoutMs: number;
	readonly windowMs: number;
	readonly contacts: readonly {readonly name: string; readonly email: string; readonly role: string}[];
	readonly alertEmails: readonly string[];
	readonly mail: {readonly host: string; readonly port: number; readonly from: string} | undefined;
	/** Incoming-webhook address of a chat channel. A secret: never logged. */
	readonly chatWebhook: string | undefined;
	readonly sheetId: string | undefined;
	readonly serviceAccount: string | undefined;
	/** `required`: production is changed only after a second person has signed the plan. */
	readonly secondPerson: 'required' | 'not-required';
	/** Where each value came from, for messages: `--project`, `EROS_PROJECT_ID`, `settings`, `default`. */
	readonly sources: Readonly<Record<string, string>>;
};

export type SettingsInput = {
	readonly flags: Readonly<Record<string, unknown>>;
	readonly env: Readonly<Record<string, string | undefined>>;
	/** The settings file as parsed JSON. */
	readonly stored: Readonly<Record<string, unknown>>;
};

const isTimeZone = (value: string): boolean => {
	try {
		// Offsets such as +08:00 are accepted by Intl but do not know daylight saving time.
		return value.includes('/') && new Intl.DateTimeFormat('en', {timeZone: value}).resolvedOptions().timeZone !== '';
	} catch {
		return false;
	}
};

const isCivilDate = (value: string): boolean => {
	const parsed = new Date(`${value}T00:00:00Z`);
	return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(value);
};

type Field = {
	readonly flag?: string;
	readonly env?: string;
	readonly fallback: unknown;
	readonly schema: z.ZodType;
	readonly accepted: string;
	/** What to do, or a good value, which is then shown the way the bad one was given. */
	readonly fix: string | {readonly example: string; readonly otherwise?: string};
	/** Never shown in a message and never written to a journal, a draft or a log. */
	readonly isSecret?: true;
};

const text = (pattern: RegExp): z.ZodType => z.string().regex(pattern);
const positive = z.coerce.number().int().positive();

const fields = {
	target: {flag: '--target', fallback: undefined, schema: z.enum(['embedded', 'bigquery']).optional(), accepted: 'embedded or bigquery', fix: {example: 'embedded'}},
	project: {flag: '--project', env: 'EROS_PROJECT_ID', fallback: 'of-scheduler-proj', schema: text(/^[a-z][a-z\d-]{4,28}[a-z\d]$/), accepted: 'a project id: 6 to 30 lower-case letters, digits and dashes, starting with a letter', fix: 'Name the project and the dataset apart: --project of-scheduler-proj --dataset eros_scheduling_brain'},
	dataset: {flag: '--dataset', env: 'EROS_DATASET', fallback: 'eros_scheduling_brain', schema: text(/^\w{1,1024}$/), accepted: 'a dataset name: letters, digits and underscores', fix: {example: 'eros_scheduling_brain'}},
	location: {flag: '--location', env: 'EROS_LOCATION', fallback: 'US', schema: text(/^[A-Za-z][A-Za-z\d-]{1,30}$/), accepted: 'a BigQuery location such as US, EU or us-west1', fix: {example: 'US'}},
	timeZone: {flag: '--timezone', env: 'EROS_TIMEZONE', fallback: 'America/Los_Angeles', schema: z.string().refine(isTimeZone), accepted: 'an IANA time zone with a region', fix: {example: 'America/Los_Angeles'}},
	deploymentDate: {env: 'DEPLOYMENT_DATE', fallback: undefined, schema: z.string().refine(isCivilDate).optional(), accepted: 'a date as YYYY-MM-DD', fix: {example: '2025-11-03', otherwise: 'or unset it for today'}},
	pricePerTibMicros: {fallback: 6_250_000, schema: positive, accepted: 'micro-dollars a TiB, a whole number', fix: 'Set pricePerTibMicros to 6250000 for $6.25'},
	expectedDailyCostMicros: {fallback: 10_000_000, schema: positive, accepted: 'micro-dollars a day, a whole number', fix: 'Set expectedDailyCostMicros to 10000000 for $10'},
	costCapMicros: {fallback: 20_000_000, schema: positive, accepted: 'micro-dollars, a whole number', fix: 'Set costCapMicros to 20000000 for $20'},
	maximumBytesBilled: {fallback: 10_000_000_000, schema: positive, accepted: 'bytes, a whole number', fix: 'Set maximumBytesBilled to 10000000000'},
	jobTimeoutMs: {fallback: 300_000, schema: positive, accepted: 'milliseconds, a whole number', fix: 'Set jobTimeoutMs to 300000'},
	windowMs: {fallback: 6 * 3_600_000, schema: positive, accepted: 'milliseconds, a whole number', fix: 'Set windowMs to 21600000 for six hours'},
	contacts: {fallback: [], schema: z.array(z.object({name: z.string().min(1), email: z.email(), role: z.string().min(1)})), accepted: 'a list of {name, email, role}', fix: 'Write {"name": "On call", "email": "oncall@example.com", "role": "on-call"}'},
	alertEmails: {fallback: [], schema: z.array(z.email()), accepted: 'a list of mail addresses', fix: 'Write ["oncall@example.com"]'},
	mail: {fallback: undefined, schema: z.object({host: z.string().min(1), port: positive, from: z.email()}).optional(), accepted: '{host, port, from}', fix: 'Write {"host": "smtp.example.com", "port": 587, "from": "eros@example.com"}'},
	chatWebhook: {env: 'EROS_CHAT_WEBHOOK', fallback: undefined, schema: z.url().optional(), accepted: 'a webhook address', fix: 'Copy the address from the chat service', isSecret: true},
	sheetId: {env: 'EROS_SHEET_ID', fallback: undefined, schema: z.string().regex(/^[\w-]{20,}$/).optional(), accepted: 'the id of a spreadsheet', fix: 'Copy the part between /d/ and /edit of its address'},
	serviceAccount: {env: 'EROS_SERVICE_ACCOUNT', fallback: undefined, schema: z.email().optional(), accepted: 'the mail address of a service account', fix: {example: 'eros@of-scheduler-proj.iam.gserviceaccount.com'}},
	secondPerson: {env: 'EROS_SECOND_PERSON', fallback: 'not-required', schema: z.enum(['required', 'not-required']), accepted: 'required or not-required', fix: {example: 'required'}},
} as const satisfies Record<string, Field>;

type FieldName = keyof typeof fields;

const flagKeys: Partial<Record<FieldName, string>> = {target: 'target', project: 'project', dataset: 'dataset', location: 'location', timeZone: 'timezone'};

const pick = (name: FieldName, field: Field, input: SettingsInput): {readonly value: unknown; readonly source: string} => {
	const flagKey = flagKeys[name];
	if (flagKey !== undefined && input.flags[flagKey] !== undefined) {
		return {value: input.flags[flagKey], source: field.flag ?? name};
	}

	if (field.env !== undefined && input.env[field.env] !== undefined) {
		return {value: input.env[field.env], source: field.env};
	}

	if (input.stored[name] !== undefined) {
		return {value: input.stored[name], source: `settings: ${name}`};
	}

	return {value: field.fallback, source: 'default'};
};

/** The next step for a bad value, in the place where it was given. */
const fixOf = ({fix}: Field, name: FieldName, source: string): string => {
	if (typeof fix === 'string') {
		return fix;
	}

	const place = source.startsWith('--') ? `Give ${source} ${fix.example}` : source === name || source.startsWith('settings: ') ? `Write ${JSON.stringify({[name]: fix.example}).slice(1, -1)} in the settings file` : `export ${source}=${fix.example}`;
	return fix.otherwise === undefined ? place : `${place}, ${fix.otherwise}`;
};

/**
 * Resolves and validates settings; pure.
 * @throws UsageError listing every bad value at once, with the source it came from.
 */
export const resolveSettings = (input: SettingsInput): Settings => {
	const problems: UsageProblem[] = [];
	const values: Record<string, unknown> = {};
	const sources: Record<string, string> = {};
	for (const [name, field] of Object.entries(fields) as [FieldName, Field][]) {
		const {value, source} = pick(name, field, input);
		sources[name] = source;
		const parsed = field.schema.safeParse(value);
		if (parsed.success) {
			values[name] = parsed.data;
		} else {
			const shown = typeof value === 'string' ? value : JSON.stringify(value);
			problems.push({field: source === 'default' ? name : source, value: field.isSecret === true ? '(hidden)' : shown, accepted: field.accepted, fix: fixOf(field, name, source)});
		}
	}

	if (problems.length > 0) {
		throw new UsageError(problems);
	}

	const isProjectConfigured = sources['project'] !== 'default';
	return {...values, target: values['target'] ?? (isProjectConfigured ? 'bigquery' : 'embedded'), sources} as unknown as Settings;
};

/** Names of the settings that are marked secret. */
export const secretSettings: readonly (keyof Settings)[] = (Object.entries(fields) as [FieldName, Field][]).filter(([, field]) => field.isSecret === true).map(([name]) => name);

/** Every text of the settings that are marked secret: what a redactor has to know. */
export const secretsOf = (settings: Pick<Settings, (typeof secretSettings)[number]>): readonly string[] => {
	const textsOf = (value: unknown): readonly string[] => (typeof value === 'string' ? [value] : typeof value === 'object' && value !== null ? Object.values(value).flatMap(item => textsOf(item)) : []);
	return secretSettings.flatMap(name => textsOf(settings[name]));
};
