// Reads what the warehouse knows about a page: size, saturation, segment and the hours that earn.
import {z} from 'zod';
import {accountSizes, parseAccountSize} from '../account-size.js';
import {AgentFailure, type Agent, type AgentContext} from '../agent.js';
import {findFieldProblems, formatFieldProblem} from '../envelope-problems.js';
import {analysisSchema, type Analysis} from '../envelope.js';
import {zones} from '../schedule/saturation.js';
import {runStatement} from '../statements.js';

export const name = 'performance_analyzer';
export const dependsOn = [] as const;

const number = z.coerce.number();

/** The parts of the procedure's report that the schedule is made from; everything else is for people. */
const reportSchema = z.object({
	account_size: z.string(),
	saturation_status: z.enum(zones),
	saturation_score: number,
	avg_emv: number.nullish(),
	recommended_ppv: number,
	recommended_bump: number,
	behavioral_segment: z.union([z.string(), z.object({segment_label: z.string().nullish()}), z.null()]).optional(),
	time_window_optimization: z
		.array(z.object({day_type: z.enum(['Weekday', 'Weekend']), hour_24: number, avg_rpr: number.nullish(), confidence: z.enum(['HIGH', 'MED', 'LOW'])}))
		.nullish(),
	data_freshness: z.string().nullish(),
});

/**
 * Reads the report of analyze_creator_performance.
 * @throws AgentFailure BAD_REPORT naming the field when it is not the report that was agreed.
 */
export const parseReport = (json: string): Analysis => {
	const refuse = (detail: string): AgentFailure => new AgentFailure('BAD_REPORT', `The report of analyze_creator_performance can't be used: ${detail}.`, {isServiceFault: true});
	let data: unknown;
	try {
		data = JSON.parse(json);
	} catch {
		throw refuse('it is not JSON');
	}

	const problems = findFieldProblems(reportSchema, data);
	if (problems.length > 0) {
		throw refuse(problems.map(problem => formatFieldProblem(problem)).join('; '));
	}

	const parsed = reportSchema.parse(data);
	const size = parseAccountSize(parsed.account_size);
	if (!size) {
		throw new AgentFailure('BAD_REPORT', `account_size ${JSON.stringify(parsed.account_size)} is none of ${accountSizes.join(', ')}.`, {isServiceFault: true});
	}

	const segment = parsed.behavioral_segment;
	return analysisSchema.parse({
		account_size: size,
		saturation_status: parsed.saturation_status,
		saturation_score: parsed.saturation_score,
		avg_emv: parsed.avg_emv ?? 0,
		recommended_ppv: parsed.recommended_ppv,
		recommended_bump: parsed.recommended_bump,
		behavioral_segment: (typeof segment === 'string' ? segment : segment?.segment_label) ?? 'EXPLORATORY',
		time_windows: (parsed.time_window_optimization ?? []).map(window => ({day_type: window.day_type, hour: window.hour_24, avg_rpr: window.avg_rpr ?? 0, confidence: window.confidence})),
		data_freshness: parsed.data_freshness ?? null,
	});
};

// An OUT argument has to be a script variable; a query parameter is read-only.
const sql = `DECLARE v_report STRING;
CALL \`{dataset}.analyze_creator_performance\`(@page_name, @lookback_days, v_report);
SELECT v_report AS report;`;

const defaultLookbackDays = 90;

const analyze = async (context: AgentContext): Promise<Analysis> => {
	const {rows} = await runStatement<{readonly report: string | null}>(
		{
			agent: name,
			title: 'analyze',
			sql,
			parameters: [
				{name: 'page_name', type: 'STRING', value: context.request.pageName},
				{name: 'lookback_days', type: 'INT64', value: context.request.lookbackDays ?? defaultLookbackDays},
			],
		},
		context,
	);
	return parseReport(rows[0]?.report ?? '');
};

export const agent: Agent<typeof name> = {name, dependsOn, run: analyze};
