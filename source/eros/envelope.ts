// What agents hand to each other. Every envelope is checked where it is made and where it is read; the JSON Schemas in
// schemas/ are generated from these definitions.
import {z} from 'zod';
import {accountSizes} from './account-size.js';
import {pageNamePattern} from './page-name.js';
import {captionIdSchema, messageSchema, timeZoneSchema} from './schedule/message.js';
import {modes, zones} from './schedule/saturation.js';
import {warningCodes} from './schedule/warning.js';

export const agentNames = ['performance_analyzer', 'real_time_monitor', 'caption_selector', 'schedule_builder', 'sheets_exporter'] as const;
export type AgentName = (typeof agentNames)[number];

const warningSchema = z.object({code: z.enum(warningCodes), text: z.string()});
const civilDate = z.iso.date();
const finite = z.number();

const pageNameSchema = z.string().regex(pageNamePattern);

/** The common part around an agent's data. `data` is null unless the status is success. */
const envelopeOf = <Name extends AgentName, Data extends z.ZodType>(agent: Name, data: Data) =>
	z.object({
		schema_version: z.literal(1),
		agent: z.literal(agent),
		run_id: z.string().min(1),
		page_name: pageNameSchema,
		week_start: civilDate,
		started_at: z.iso.datetime(),
		finished_at: z.iso.datetime(),
		duration_ms: z.number().min(0),
		attempt: z.number().int().min(1),
		status: z.enum(['success', 'skipped', 'failed']),
		warnings: z.array(warningSchema),
		error: z.object({code: z.string(), message: z.string(), retryable: z.boolean()}).nullable(),
		data: data.nullable(),
	});

export const analysisSchema = z.object({
	account_size: z.enum(accountSizes),
	saturation_status: z.enum(zones),
	saturation_score: finite.min(0).max(1),
	avg_emv: finite.min(0),
	recommended_ppv: z.number().int().min(0),
	recommended_bump: z.number().int().min(0),
	behavioral_segment: z.string(),
	time_windows: z.array(z.object({day_type: z.enum(['Weekday', 'Weekend']), hour: z.number().int().min(0).max(23), avg_rpr: finite, confidence: z.enum(['HIGH', 'MED', 'LOW'])})),
	data_freshness: z.string().nullable(),
});
export type Analysis = z.infer<typeof analysisSchema>;

export const fatigueSchema = z.object({
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

const selectedCaptionSchema = z.object({
	caption_id: captionIdSchema,
	caption_text: z.string(),
	tier: z.enum(['budget', 'mid', 'premium', 'bump']),
	content_category: z.string(),
	has_urgency: z.boolean(),
	thompson_score: finite.min(0).max(1),
	final_score: finite.min(0).max(1),
	strategy: z.enum(['explore', 'exploit']),
});
export type SelectedCaption = z.infer<typeof selectedCaptionSchema>;

const quotasSchema = z.object({budget: z.number().int().min(0), mid: z.number().int().min(0), premium: z.number().int().min(0), bump: z.number().int().min(0)});
export type Quotas = z.infer<typeof quotasSchema>;

export const selectionSchema = z.object({
	segment: z.string(),
	quotas: quotasSchema,
	/** Size of the candidate pool that the page should have; widened reselections ask for it. */
	caption_target: z.number().int().min(30),
	captions: z.array(selectedCaptionSchema),
	shortfall: quotasSchema,
});
export type Selection = z.infer<typeof selectionSchema>;

const envelopeRowSchema = z.object({
	/** Row of the sheet; row 1 is the header. */
	row_number: z.number().int().min(2),
	schedule_type: z.literal('Mass Message'),
	message_type: z.enum(['Unlock', 'Follow up', 'Photo bump']),
	/** Wall clock of the page. */
	time_pst: z.string().regex(/^(?:[1-9]|1[0-2]):[0-5]\d [AP]M$/),
	scheduled_date: civilDate,
	caption: z.string(),
	recommended_price: z.string().regex(/^(?:\$\d+|\.|)$/),
	caption_id: captionIdSchema,
});

export const scheduleSchema = z.object({
	page_name: pageNameSchema,
	schedule_id: z.string().min(1),
	mm_schedule: z.array(envelopeRowSchema).min(1),
	messages: z.array(messageSchema).min(1),
	metadata: z.object({
		week_start: civilDate,
		week_end: civilDate,
		time_zone: timeZoneSchema,
		mode: z.enum(modes),
		account_size: z.enum(['small', 'medium', 'large', 'very_large']),
		saturation_status: z.enum(zones),
		volume_summary: z.object({total_messages: z.number().int(), total_ppvs: z.number().int(), total_bumps: z.number().int(), total_followups: z.literal(0)}),
		pricing_distribution: z.object({budget_10_18: z.number().int(), standard_18_28: z.number().int(), premium_28_45: z.number().int(), luxury_45_70: z.number().int()}),
		schedule_quality: z.object({status: z.enum(['OPTIMAL', 'DEGRADED', 'CRITICAL']), confidence_score: finite.min(0).max(1)}),
	}),
	/** The size in the analyzer's words, and the score behind the zone. */
	size: z.enum(accountSizes),
	saturation_score: finite.min(0).max(1),
	gap_minutes: z.number().int(),
	requested: z.object({ppv: z.number().int(), bump: z.number().int()}),
	is_monitor_unavailable: z.boolean(),
	locks: z.object({held: z.number().int(), conflicts: z.number().int(), reselections: z.number().int()}),
});
export type Schedule = z.infer<typeof scheduleSchema>;

export const exportSchema = z.object({
	schedule_id: z.string(),
	status: z.enum(['SUCCESS', 'PARTIAL', 'SKIPPED', 'FAILED']),
	reason: z.string().nullable(),
	exports: z.array(z.object({format: z.enum(['CSV', 'SHEETS', 'JSON']), status: z.enum(['SUCCESS', 'SKIPPED', 'FAILED']), destination: z.string(), message_count: z.number().int(), detail: z.string()})),
});
export type ExportReport = z.infer<typeof exportSchema>;

export const envelopeSchemas = {
	performance_analyzer: envelopeOf('performance_analyzer', analysisSchema),
	real_time_monitor: envelopeOf('real_time_monitor', fatigueSchema),
	caption_selector: envelopeOf('caption_selector', selectionSchema),
	schedule_builder: envelopeOf('schedule_builder', scheduleSchema),
	sheets_exporter: envelopeOf('sheets_exporter', exportSchema),
} as const;

export type Envelopes = {readonly [Name in AgentName]: z.infer<(typeof envelopeSchemas)[Name]>};
export type AgentData = {readonly performance_analyzer: Analysis; readonly real_time_monitor: Fatigue; readonly caption_selector: Selection; readonly schedule_builder: Schedule; readonly sheets_exporter: ExportReport};
