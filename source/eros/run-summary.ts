// What a run over many pages comes to, with its JSON Schema.
import {z} from 'zod';
import {mondaySchema} from './envelope.js';

const count = z.number().int().min(0);

const pageResultSchema = z.strictObject({
	status: z.enum(['success', 'failed']),
	schedule_id: z.string().nullable(),
	saturation_zone: z.enum(['GREEN', 'YELLOW', 'RED']).nullable(),
	total_messages: count,
	export_status: z.enum(['SUCCESS', 'PARTIAL', 'SKIPPED', 'FAILED']).nullable(),
	export_reason: z.string().nullable(),
	destinations: z.array(z.string()),
	warnings: z.array(z.string()),
	duration_ms: z.number().min(0),
	error: z.strictObject({agent: z.string(), code: z.string(), message: z.string()}).nullable(),
});
export type PageResult = z.infer<typeof pageResultSchema>;

export const runSummarySchema = z.strictObject({
	orchestration_summary: z.strictObject({
		run_id: z.string(),
		week_start: mondaySchema,
		mode: z.enum(['optimize', 'safe', 'conservative']),
		status: z.enum(['completed', 'partial', 'failed']),
		total_pages: count,
		successful: count,
		failed: count,
		exported: count,
		/** Of the exported ones: pages that one sink took and another did not. */
		partial_exports: count,
		skipped_exports: count,
		execution_time_seconds: z.number().min(0),
		average_time_per_page: z.number().min(0),
		timestamp: z.iso.datetime(),
		saturation_breakdown: z.strictObject({GREEN: count, YELLOW: count, RED: count}),
	}),
	page_results: z.record(z.string(), pageResultSchema),
	errors: z.array(z.strictObject({page_name: z.string(), agent: z.string(), code: z.string(), message: z.string()})),
});
export type RunSummary = z.infer<typeof runSummarySchema>;

export type SummaryFacts = {
	readonly runId: string;
	readonly weekStart: string;
	readonly mode: 'optimize' | 'safe' | 'conservative';
	readonly pages: ReadonlyMap<string, PageResult>;
	readonly elapsedMs: number;
	readonly finishedAtMs: number;
};

const thousandths = (value: number): number => Math.round(value * 1000) / 1000;

/** Counts the page results of a run. Completed means every page in every place, failed means none, partial lies between. */
export const summarizeRun = ({runId, weekStart, mode, pages, elapsedMs, finishedAtMs}: SummaryFacts): RunSummary => {
	const results = [...pages.values()];
	const successful = results.filter(result => result.status === 'success').length;
	const partialExports = results.filter(result => result.export_status === 'PARTIAL').length;
	const zoneCount = (zone: string): number => results.filter(result => result.saturation_zone === zone).length;
	return {
		orchestration_summary: {
			run_id: runId,
			week_start: weekStart,
			mode,
			status: successful === results.length && partialExports === 0 ? 'completed' : successful === 0 ? 'failed' : 'partial',
			total_pages: results.length,
			successful,
			failed: results.length - successful,
			exported: results.filter(result => result.export_status === 'SUCCESS' || result.export_status === 'PARTIAL').length,
			partial_exports: partialExports,
			skipped_exports: results.filter(result => result.export_status === 'SKIPPED').length,
			execution_time_seconds: thousandths(elapsedMs / 1000),
			average_time_per_page: results.length === 0 ? 0 : thousandths(elapsedMs / 1000 / results.length),
			timestamp: new Date(finishedAtMs).toISOString(),
			saturation_breakdown: {GREEN: zoneCount('GREEN'), YELLOW: zoneCount('YELLOW'), RED: zoneCount('RED')},
		},
		page_results: Object.fromEntries(pages),
		errors: [...pages].flatMap(([page, {error}]) => (error ? [{page_name: page, ...error}] : [])),
	};
};
