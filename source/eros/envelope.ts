// What agents hand to each other. Every envelope is checked where it is made and where it is read; the JSON Schemas in
// schemas/ are generated from these definitions.
import {z} from 'zod';
import {accountSizes} from './account-size.js';
import {pageNamePattern} from './page-name.js';
import {findContradictions} from './schedule/contradictions.js';
import {captionIdSchema, filledTextSchema, messageSchema, timeZoneSchema} from './schedule/message.js';
import {modes, zones} from './schedule/saturation.js';
import {warningCodes} from './schedule/warning.js';

export const agentNames = ['performance_analyzer', 'real_time_monitor', 'caption_selector', 'schedule_builder', 'sheets_exporter'] as const;
export type AgentName = (typeof agentNames)[number];

const warningSchema = z.strictObject({code: z.enum(warningCodes), text: z.string()});
const civilDate = z.iso.date();
const finite = z.number();
const count = z.number().int().min(0);

/** A week is named by its first day. */
export const mondaySchema = z.iso.date({abort: true}).refine(date => new Date(`${date}T00:00:00Z`).getUTCDay() === 1, 'a Monday as YYYY-MM-DD');

const pageNameSchema = z.string().regex(pageNamePattern);

type Head = {readonly started_at: string; readonly finished_at: string; readonly status: 'success' | 'skipped' | 'failed'; readonly error: object | null; readonly data: unknown};

/** Status, error and data have to say the same, and no work ends before it began. */
const checkHead = ({value, issues}: z.core.ParsePayload<Head>): void => {
	const told = (field: keyof Head, accepted: string): void => {
		issues.push({code: 'custom', input: value, path: [field], message: accepted});
	};

	const isFailed = value.status === 'failed';
	if (isFailed !== (value.error !== null)) {
		told('error', isFailed ? 'an object with code, message and retryable, as the status is failed' : `null, as the status is ${value.status}`);
	}

	if ((value.status === 'success') !== (value.data !== null)) {
		told('data', value.status === 'success' ? 'an object, as the status is success' : `null, as the status is ${value.status}`);
	}

	if (Date.parse(value.finished_at) < Date.parse(value.started_at)) {
		told('finished_at', `an instant not before started_at, ${value.started_at}`);
	}
};

/** What checkHead asks of data and error, for who reads the JSON Schema; its other rules have no words there. */
const presence = (['success', 'skipped', 'failed'] as const).map(status => ({
	if: {properties: {status: {const: status}}},
	then: {properties: {error: {type: status === 'failed' ? 'object' : 'null'}, data: {type: status === 'success' ? 'object' : 'null'}}},
}));

/** The common part around an agent's data. `data` is null unless the status is success. */
const envelopeOf = <Name extends AgentName, Data extends z.ZodType>(agent: Name, data: Data) =>
	z.strictObject({
		schema_version: z.literal(1),
		agent: z.literal(agent),
		run_id: filledTextSchema,
		page_name: pageNameSchema,
		week_start: mondaySchema,
		started_at: z.iso.datetime(),
		finished_at: z.iso.datetime(),
		duration_ms: z.number().min(0),
		attempt: z.number().int().min(1),
		status: z.enum(['success', 'skipped', 'failed']),
		warnings: z.array(warningSchema),
		error: z.strictObject({code: z.string(), message: z.string(), retryable: z.boolean()}).nullable(),
		data: data.nullable(),
	}).check(payload => {
		// What the generic data comes to can't be told here; the head is the same for all.
		checkHead(payload as unknown as z.core.ParsePayload<Head>);
	}).meta({allOf: presence});

export const analysisSchema = z.strictObject({
	account_size: z.enum(accountSizes),
	saturation_status: z.enum(zones),
	saturation_score: finite.min(0).max(1),
	avg_emv: finite.min(0),
	recommended_ppv: z.number().int().min(0),
	recommended_bump: z.number().int().min(0),
	behavioral_segment: z.string(),
	time_windows: z.array(z.strictObject({day_type: z.enum(['Weekday', 'Weekend']), hour: z.number().int().min(0).max(23), avg_rpr: finite, confidence: z.enum(['HIGH', 'MED', 'LOW'])})),
	data_freshness: z.string().nullable(),
});
export type Analysis = z.infer<typeof analysisSchema>;

export const fatigueSchema = z.strictObject({
	zone: z.enum(zones),
	/** 0 to 100; above 70 alert, above 80 critical. */
	exhaustion: finite.min(0).max(100),
	alert: z.enum(['NONE', 'ALERT', 'CRITICAL']),
	is_saturation_predicted: z.boolean(),
	conversion_ratio: finite.nullable(),
	message_ratio: finite.nullable(),
	decline_days: z.number().int().min(0),
	/** Instant up to which the data is taken as complete. */
	data_as_of: z.iso.datetime(),
});
export type Fatigue = z.infer<typeof fatigueSchema>;

const selectedCaptionSchema = z.strictObject({
	caption_id: captionIdSchema,
	caption_text: filledTextSchema,
	tier: z.enum(['budget', 'mid', 'premium', 'bump']),
	content_category: z.string(),
	has_urgency: z.boolean(),
	thompson_score: finite.min(0).max(1),
	final_score: finite.min(0).max(1),
	/** Exploration bonus x Thompson score: what explorers of a pool are ranked by. */
	exploration_value: finite.min(0).max(1),
	strategy: z.enum(['explore', 'exploit']),
});
export type SelectedCaption = z.infer<typeof selectedCaptionSchema>;

const quotasSchema = z.strictObject({budget: z.number().int().min(0), mid: z.number().int().min(0), premium: z.number().int().min(0), bump: z.number().int().min(0)});
export type Quotas = z.infer<typeof quotasSchema>;

export const selectionSchema = z.strictObject({
	segment: z.string(),
	/** What the week needs. */
	quotas: quotasSchema,
	/** How many candidates were asked for, where the week does not need more. */
	caption_target: z.number().int().min(30),
	/** The candidates; the builder takes the quotas from them and keeps the others for what is taken before it locks. */
	captions: z.array(selectedCaptionSchema),
	/** What the candidates lack against the quotas. */
	shortfall: quotasSchema,
});
export type Selection = z.infer<typeof selectionSchema>;

const envelopeRowSchema = z.strictObject({
	/** Row of the sheet; row 1 is the header. */
	row_number: z.number().int().min(2),
	schedule_type: z.literal('Mass Message'),
	message_type: z.enum(['Unlock', 'Follow up', 'Photo bump']),
	/** Wall clock of the page. */
	time_pst: z.string().regex(/^(?:[1-9]|1[0-2]):[0-5]\d [AP]M$/),
	scheduled_date: civilDate,
	caption: filledTextSchema,
	recommended_price: z.string().regex(/^(?:\$\d+|\.|)$/),
	caption_id: captionIdSchema,
});

/** Field by field; scheduleSchema holds them against each other as well. */
export const scheduleShape = z.strictObject({
	page_name: pageNameSchema,
	schedule_id: filledTextSchema,
	mm_schedule: z.array(envelopeRowSchema).min(1),
	messages: z.array(messageSchema).min(1),
	metadata: z.strictObject({
		week_start: civilDate,
		week_end: civilDate,
		time_zone: timeZoneSchema,
		mode: z.enum(modes),
		account_size: z.enum(['small', 'medium', 'large', 'very_large']),
		saturation_status: z.enum(zones),
		volume_summary: z.strictObject({total_messages: count, total_ppvs: count, total_bumps: count, total_followups: z.literal(0)}),
		pricing_distribution: z.strictObject({budget_10_18: count, standard_18_28: count, premium_28_45: count, luxury_45_70: count}),
		schedule_quality: z.strictObject({status: z.enum(['OPTIMAL', 'DEGRADED', 'CRITICAL']), confidence_score: finite.min(0).max(1)}),
	}),
	/** The size in the analyzer's words, and the score behind the zone. */
	size: z.enum(accountSizes),
	saturation_score: finite.min(0).max(1),
	gap_minutes: z.number().int().min(1),
	requested: z.strictObject({ppv: count, bump: count}),
	is_monitor_unavailable: z.boolean(),
	locks: z.strictObject({held: count, conflicts: count, reselections: count}),
});

export const scheduleSchema = scheduleShape.check(({value, issues}) => {
	for (const {path, accepted} of findContradictions(value)) {
		issues.push({code: 'custom', input: value, path: [...path], message: accepted});
	}
});
export type Schedule = z.infer<typeof scheduleSchema>;

export const exportSchema = z.strictObject({
	schedule_id: z.string(),
	status: z.enum(['SUCCESS', 'PARTIAL', 'SKIPPED', 'FAILED']),
	reason: z.string().nullable(),
	exports: z.array(z.strictObject({format: z.enum(['CSV', 'SHEETS', 'JSON']), status: z.enum(['SUCCESS', 'SKIPPED', 'FAILED']), destination: z.string(), message_count: count, detail: z.string()})),
});
export type ExportReport = z.infer<typeof exportSchema>;

export const envelopeSchemas = {
	performance_analyzer: envelopeOf('performance_analyzer', analysisSchema),
	real_time_monitor: envelopeOf('real_time_monitor', fatigueSchema),
	caption_selector: envelopeOf('caption_selector', selectionSchema),
	schedule_builder: envelopeOf('schedule_builder', scheduleSchema).check(({value, issues}) => {
		const said = value.data === null ? {} : {page_name: {is: value.data.page_name, at: 'data.page_name'}, week_start: {is: value.data.metadata.week_start, at: 'data.metadata.week_start'}};
		for (const [field, {is, at}] of Object.entries(said)) {
			if (value[field as keyof typeof said] !== is) {
				issues.push({code: 'custom', input: value, path: [field], message: `${JSON.stringify(is)}, as ${at} has it`});
			}
		}
	}),
	sheets_exporter: envelopeOf('sheets_exporter', exportSchema),
} as const;

export type Envelopes = {readonly [Name in AgentName]: z.infer<(typeof envelopeSchemas)[Name]>};
export type AgentData = {readonly performance_analyzer: Analysis; readonly real_time_monitor: Fatigue; readonly caption_selector: Selection; readonly schedule_builder: Schedule; readonly sheets_exporter: ExportReport};
