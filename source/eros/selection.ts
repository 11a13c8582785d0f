// Asks the warehouse for captions of a page and reads them back, tier by tier.
import {z} from 'zod';
import {AgentFailure, type AgentContext} from './agent.js';
import {findFieldProblems, formatFieldProblem} from './envelope-problems.js';
import type {AgentName, Quotas, SelectedCaption} from './envelope.js';
import {runStatement} from './statements.js';

// The result is read from its table in the same script: a temp table would be gone for the next job.
const sql = `CALL \`{dataset}.select_captions_for_creator\`(@page_name, @segment, @num_budget, @num_mid, @num_premium, @num_bump);
SELECT budget_captions, mid_captions, premium_captions, bump_captions
FROM \`{dataset}.caption_selector_results\`
WHERE page_name = @page_name
ORDER BY created_at DESC
LIMIT 1;`;

const captionRowSchema = z.object({
	caption_id: z.union([z.string(), z.number(), z.bigint()]).transform(String),
	caption_text: z.string(),
	content_category: z.string().nullish(),
	has_urgency: z.boolean().nullish(),
	thompson_score: z.coerce.number(),
	final_score: z.coerce.number(),
	strategy: z.enum(['explore', 'exploit']).catch('exploit'),
});
const rowSchema = z.object({
	budget_captions: z.array(captionRowSchema),
	mid_captions: z.array(captionRowSchema),
	premium_captions: z.array(captionRowSchema),
	bump_captions: z.array(captionRowSchema),
});

const tierColumns = {budget: 'budget_captions', mid: 'mid_captions', premium: 'premium_captions', bump: 'bump_captions'} as const;
const tiers = ['budget', 'mid', 'premium', 'bump'] as const;

export type SelectionRequest = {
	readonly agent: AgentName;
	/** 0 for the first selection of a page, then one more for each reselection. */
	readonly round: number;
	readonly segment: string;
	readonly quotas: Quotas;
	/** Captions that must not come back. The quotas are raised by their number, so that enough others do. */
	readonly excludedIds?: readonly string[];
	/** Urgent captions at hand already: together with them no more come back than the week has room for. */
	readonly urgentAtHand?: number;
};

/** The most urgent captions that one selection may hold; the selector's own limit of a week. */
const mostUrgent = 5;

/**
 * Selects captions.
 * @returns at most the quotas' numbers a tier; fewer when the pool is short.
 * @throws AgentFailure BAD_SELECTION when the result row is missing or of another shape.
 */
export const selectCaptions = async ({agent, round, segment, quotas, excludedIds = [], urgentAtHand = 0}: SelectionRequest, context: AgentContext): Promise<readonly SelectedCaption[]> => {
	// What is excluded below has to be made up for: captions by id, and urgent ones that the week has no room for.
	const asked = (count: number): number => (count === 0 ? 0 : count + excludedIds.length + (urgentAtHand > 0 ? mostUrgent : 0));
	const {rows} = await runStatement(
		{
			agent,
			title: `select${round}`,
			sql,
			isMutation: true,
			parameters: [
				{name: 'page_name', type: 'STRING', value: context.request.pageName},
				{name: 'segment', type: 'STRING', value: segment},
				{name: 'num_budget', type: 'INT64', value: asked(quotas.budget)},
				{name: 'num_mid', type: 'INT64', value: asked(quotas.mid)},
				{name: 'num_premium', type: 'INT64', value: asked(quotas.premium)},
				{name: 'num_bump', type: 'INT64', value: asked(quotas.bump)},
			],
		},
		context,
	);
	const parsed = rowSchema.safeParse(rows[0]);
	if (!parsed.success) {
		const detail = rows.length === 0 ? 'it has no row for the page' : findFieldProblems(rowSchema, rows[0]).map(problem => formatFieldProblem(problem)).join('; ');
		throw new AgentFailure('BAD_SELECTION', `caption_selector_results can't be used: ${detail}.`, {isServiceFault: true});
	}

	// A caption without text is nothing to send: it counts as one that the pool lacks.
	const isUsable = ({caption_id: id, caption_text: text}: z.infer<typeof captionRowSchema>): boolean => !excludedIds.includes(id) && text.trim() !== '';
	const found = tiers.flatMap(tier => parsed.data[tierColumns[tier]].filter(caption => isUsable(caption)));
	// One selection never holds more urgent captions than the week had left when it was made.
	const urgent = found.filter(caption => caption.has_urgency).sort((a, b) => b.final_score - a.final_score);
	const surplus = new Set(urgentAtHand > 0 ? urgent.slice(Math.max(0, urgent.length - urgentAtHand)).map(caption => caption.caption_id) : []);
	return tiers.flatMap(tier =>
		parsed.data[tierColumns[tier]]
			.filter(caption => isUsable(caption) && !surplus.has(caption.caption_id))
			.slice(0, quotas[tier])
			.map(caption => ({...caption, tier, content_category: caption.content_category ?? 'Uncategorised', has_urgency: caption.has_urgency ?? false})),
	);
};

/** How many captions a tier lacks against its quota. */
export const shortfallOf = (captions: readonly SelectedCaption[], quotas: Quotas): Quotas => {
	const missing = (tier: (typeof tiers)[number]): number => Math.max(0, quotas[tier] - captions.filter(caption => caption.tier === tier).length);
	return {budget: missing('budget'), mid: missing('mid'), premium: missing('premium'), bump: missing('bump')};
};
