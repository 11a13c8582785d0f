// Asks the warehouse for captions of a page: as many as its pool should hold, of which the builder takes the week's.
import {z} from 'zod';
import {AgentFailure, type AgentContext} from './agent.js';
import {findFieldProblems, formatFieldProblem} from './envelope-problems.js';
import type {AgentName, Quotas, SelectedCaption} from './envelope.js';
import {mostUrgentPerWeek} from './schedule/assign.js';
import {apportion} from './schedule/largest-remainder.js';
import {runStatement} from './statements.js';

// What the procedure returns is this call's own; its table holds the newest call of the page, whoever made it.
const sql = `CALL \`{dataset}.select_captions_for_creator\`(@page_name, @segment, @num_budget, @num_mid, @num_premium, @num_bump);`;

const tiers = ['budget', 'mid', 'premium', 'bump'] as const;

const rowSchema = z.object({
	caption_id: z.union([z.string(), z.number(), z.bigint()]).transform(String),
	caption_text: z.string(),
	tier: z.enum(tiers),
	content_category: z.string().nullish(),
	has_urgency: z.boolean().nullish(),
	thompson_score: z.coerce.number(),
	final_score: z.coerce.number(),
	strategy: z.enum(['explore', 'exploit']),
	debug: z.object({exploration_value: z.coerce.number()}),
});
const rowsSchema = z.array(rowSchema);

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

/**
 * Selects captions.
 * @returns at most the quotas' numbers a tier; fewer when the pool is short.
 * @throws AgentFailure BAD_SELECTION when the procedure answers in another shape.
 */
export const selectCaptions = async ({agent, round, segment, quotas, excludedIds = [], urgentAtHand = 0}: SelectionRequest, context: AgentContext): Promise<readonly SelectedCaption[]> => {
	// What is excluded below has to be made up for: captions by id, and urgent ones that the week has no room for.
	const asked = (count: number): number => (count === 0 ? 0 : count + excludedIds.length + (urgentAtHand > 0 ? mostUrgentPerWeek : 0));
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
	const parsed = rowsSchema.safeParse(rows);
	if (!parsed.success) {
		const detail = findFieldProblems(rowsSchema, rows).slice(0, 5).map(problem => formatFieldProblem(problem)).join('; ');
		throw new AgentFailure('BAD_SELECTION', `What select_captions_for_creator returns can't be used: ${detail}.`, {isServiceFault: true});
	}

	// A caption without text is nothing to send: it counts as one that the pool lacks.
	const found = parsed.data.filter(({caption_id: id, caption_text: text}) => !excludedIds.includes(id) && text.trim() !== '').sort((a, b) => b.final_score - a.final_score);
	// One selection never holds more urgent captions than the week had left when it was made.
	const urgent = found.filter(caption => caption.has_urgency);
	const surplus = new Set(urgentAtHand > 0 ? urgent.slice(Math.max(0, urgent.length - urgentAtHand)).map(caption => caption.caption_id) : []);
	return tiers.flatMap(tier =>
		found
			.filter(caption => caption.tier === tier && !surplus.has(caption.caption_id))
			.slice(0, quotas[tier])
			.map(({debug, ...caption}) => ({...caption, content_category: caption.content_category ?? 'Uncategorised', has_urgency: caption.has_urgency ?? false, exploration_value: debug.exploration_value})),
	);
};

/**
 * Sizes the candidate pool: the caption target over the tiers in proportion to what the week needs of each, by largest
 * remainder. A tier of which nothing is needed stays empty, and none gets less than its quota.
 * @param target captions of the whole pool (domain: caption target).
 */
export const poolQuotas = (quotas: Quotas, target: number): Quotas => {
	const needed = tiers.map(tier => quotas[tier]);
	const sized = apportion(Math.max(target, needed.reduce((sum, count) => sum + count, 0)), needed);
	return Object.fromEntries(tiers.map((tier, index) => [tier, sized[index]!])) as Quotas;
};

/** How many captions a tier lacks against its quota. */
export const shortfallOf = (captions: readonly SelectedCaption[], quotas: Quotas): Quotas => {
	const missing = (tier: (typeof tiers)[number]): number => Math.max(0, quotas[tier] - captions.filter(caption => caption.tier === tier).length);
	return {budget: missing('budget'), mid: missing('mid'), premium: missing('premium'), bump: missing('bump')};
};
