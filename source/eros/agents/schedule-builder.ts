// Builds a page's week, locks its captions and saves it: all of it, or nothing.
import {AgentFailure, requireInput, type Agent, type AgentContext, type Upstream} from '../agent.js';
import type {Analysis, Quotas, Schedule, SelectedCaption, Selection} from '../envelope.js';
import {scheduleIdOf, toSchedule} from '../schedule-envelope.js';
import {findConflicts, findSchedule, lockMessages, releaseLocks, releaseOrphanedLocks, saveSchedule} from '../schedule-store.js';
import {buildSchedule, neededCaptions, type BuiltSchedule, type ScheduleInputs} from '../schedule/build.js';
import type {Caption} from '../schedule/caption.js';
import {worseZone, type Zone} from '../schedule/saturation.js';
import {brokenRules} from '../schedule/broken-rules.js';
import {selectCaptions, shortfallOf} from '../selection.js';

export {ACCOUNT_SIZE_CONFIGS} from '../account-size.js';

export const name = 'schedule_builder';
export const dependsOn = ['performance_analyzer', 'real_time_monitor', 'caption_selector'] as const;

const mostReselections = 3;

const toCaption = (selected: SelectedCaption): Caption => ({
	id: selected.caption_id,
	text: selected.caption_text,
	tier: selected.tier,
	category: selected.content_category,
	hasUrgency: selected.has_urgency,
	finalScore: selected.final_score,
	explorationValue: selected.exploration_value,
	strategy: selected.strategy,
});

/** Which captions are at hand and which may not be used any more. */
type Pool = {readonly captions: readonly SelectedCaption[]; readonly excludedIds: readonly string[]};

const idsOf = (pool: Pool): readonly string[] => pool.captions.map(caption => caption.caption_id);

const merge = (pool: Pool, more: readonly SelectedCaption[]): Pool => {
	const known = new Set(pool.captions.map(caption => caption.caption_id));
	return {...pool, captions: [...pool.captions, ...more.filter(caption => !known.has(caption.caption_id))]};
};

const without = (pool: Pool, ids: readonly string[]): Pool => ({captions: pool.captions.filter(caption => !ids.includes(caption.caption_id)), excludedIds: [...new Set([...pool.excludedIds, ...ids])]});

/** Fills what the pool lacks; captions already at hand are excluded by asking for that many more. */
const replenish = async (pool: Pool, needed: Quotas, round: number, segment: string, context: AgentContext): Promise<Pool> => {
	const missing = shortfallOf(pool.captions, needed);
	if (Object.values(missing).every(count => count === 0)) {
		return pool;
	}

	const more = await selectCaptions({agent: name, round, segment, quotas: missing, excludedIds: [...pool.excludedIds, ...idsOf(pool)], urgentAtHand: pool.captions.filter(caption => caption.has_urgency).length}, context);
	return merge(pool, more);
};

type Plan = {readonly scheduleId: string; readonly analysis: Analysis; readonly zone: Zone; readonly isMonitorUnavailable: boolean};

const build = ({analysis, zone}: Plan, pool: Pool, context: AgentContext): BuiltSchedule => {
	const built = buildSchedule({
		pageName: context.request.pageName,
		weekStart: context.request.weekStart,
		timeZone: context.timeZone,
		accountSize: analysis.account_size,
		zone,
		mode: context.request.mode,
		segment: analysis.behavioral_segment,
		windows: analysis.time_windows.map(window => ({dayType: window.day_type, hour: window.hour, avgRpr: window.avg_rpr, confidence: window.confidence})),
		pool: pool.captions.map(caption => toCaption(caption)),
		...(!context.request.keepsPast && {nowMs: context.startedAtMs}),
	});
	if (built.messages.length === 0) {
		const detail = built.warnings.map(warning => warning.text).join('; ');
		throw new AgentFailure('EMPTY_SCHEDULE', `No message can be planned for ${context.request.pageName} in the week of ${built.week.start}: ${detail || 'the page sends nothing'}.`);
	}

	return built;
};

/** Numbers of a conflict's message; those that are no caption of this schedule (counts, a place in the procedure) fall out later. */
const numbersIn = (message: string): readonly string[] => message.match(/-?\d+/g) ?? [];

type Locked = {readonly built: BuiltSchedule; readonly locks: Schedule['locks']};

type Drafted = {readonly built: BuiltSchedule; readonly pool: Pool; readonly round: number};

const isShorter = (pool: Pool, other: Pool, needed: Quotas): boolean => {
	const [missing, before] = [shortfallOf(pool.captions, needed), shortfallOf(other.captions, needed)];
	return Object.entries(missing).some(([tier, count]) => count > before[tier as keyof Quotas]);
};

/** Builds from captions that no other page of the run has claimed, and claims them; others are selected where the pool has too few of those. */
const draft = async (plan: Plan, start: Pool, needed: Quotas, firstRound: number, context: AgentContext): Promise<Drafted> => {
	const page = context.request.pageName;
	let pool = start;
	for (let round = firstRound; ; round += 1) {
		// Each round depends on the one before.
		const filled = await replenish(pool, needed, round, plan.analysis.behavioral_segment, context);
		// From here to the claim nothing is awaited: no other page can come between.
		pool = without(filled, context.claims?.takenFrom(page, idsOf(filled)) ?? []);
		if (!isShorter(pool, filled, needed)) {
			const built = build(plan, pool, context);
			context.claims?.claim(page, built.messages.map(message => message.caption_id));
			return {built, pool, round: round + 1};
		}
	}
};

/** Builds and locks; a conflict takes its captions out of the pool and selects others, three times at most. */
const buildAndLock = async (plan: Plan, start: Pool, context: AgentContext): Promise<Locked> => {
	const needed = neededCaptions(plan.analysis.account_size, plan.zone, context.request.mode, plan.analysis.behavioral_segment);
	let pool = start;
	let selectionRound = 1;
	let conflicts = 0;
	for (let round = 0; ; round += 1) {
		// Each round depends on the one before.
		const drafted = await draft(plan, pool, needed, selectionRound, context);
		const {built} = drafted;
		try {
			const held = await lockMessages(plan.scheduleId, built.messages, round, context);
			return {built, locks: {held, conflicts, reselections: round}};
		} catch (error) {
			if (!(error instanceof AgentFailure) || error.code !== 'LOCK_CONFLICT' || round === mostReselections) {
				throw error;
			}

			const planned = built.messages.map(message => message.caption_id);
			// The whole pool is asked for: what replaces a taken caption must not be taken as well.
			const candidates = idsOf(drafted.pool);
			const found = await findConflicts(plan.scheduleId, candidates, round, context);
			const taken = [...new Set([...found, ...numbersIn(error.message).filter(id => candidates.includes(id))])];
			const blocked = planned.filter(id => taken.includes(id));
			if (blocked.length === 0) {
				throw error;
			}

			conflicts += blocked.length;
			pool = without(drafted.pool, taken);
			selectionRound = drafted.round;
			context.warn({code: 'RESELECTED', text: `${blocked.length} captions were taken by another schedule and replaced`});
		}
	}
};

const validate = (schedule: Schedule): void => {
	const problems = brokenRules(schedule);
	if (problems.length > 0) {
		throw new AgentFailure('INVALID_SCHEDULE', `The schedule breaks its own rules: ${problems.slice(0, 5).join('; ')}.`);
	}
};

const planOf = (context: AgentContext, upstream: Upstream): Plan => {
	const analysis = requireInput(upstream, 'performance_analyzer');
	const fatigue = upstream.real_time_monitor;
	if (!fatigue) {
		context.warn({code: 'MONITOR_UNAVAILABLE', text: "the real-time monitor gave no answer; the analyzer's zone is used"});
	}

	return {
		scheduleId: scheduleIdOf(context.request.pageName, context.runId, context.startedAtMs),
		analysis,
		zone: fatigue ? worseZone(analysis.saturation_status, fatigue.zone) : analysis.saturation_status,
		isMonitorUnavailable: fatigue === undefined,
	};
};

/** Gives the locks back even when the run was cancelled. What fails here is mended by the next run of the page. */
const giveBack = async (scheduleId: string, context: AgentContext): Promise<void> => {
	try {
		await releaseLocks(scheduleId, 1, {...context, signal: new AbortController().signal});
	} catch (error) {
		context.warn({code: 'LOCKS_LEFT', text: `locks of ${scheduleId} could not be given back: ${error instanceof Error ? error.message : String(error)}`});
	}
};

const makeSchedule = async (context: AgentContext, upstream: Upstream): Promise<Schedule> => {
	const plan = planOf(context, upstream);
	if (context.attempt > 1) {
		const saved = await findSchedule(plan.scheduleId, context);
		if (saved) {
			return saved;
		}

		await releaseLocks(plan.scheduleId, 0, context);
	} else {
		await releaseOrphanedLocks(context);
	}

	const selection: Selection = requireInput(upstream, 'caption_selector');
	try {
		const {built, locks} = await buildAndLock(plan, {captions: selection.captions, excludedIds: []}, context);
		const schedule = toSchedule(built, {...plan, pageName: context.request.pageName, mode: context.request.mode, accountSize: plan.analysis.account_size, saturationScore: plan.analysis.saturation_score, locks});
		validate(schedule);
		await saveSchedule(schedule, context);
		for (const warning of built.warnings) {
			context.warn(warning);
		}

		return schedule;
	} catch (error) {
		context.claims?.release(context.request.pageName);
		await giveBack(plan.scheduleId, context);
		throw error;
	}
};

/** The builder for callers outside a run: plans without a warehouse, or makes a saved schedule in a context. */
export class ScheduleBuilder {
	/** Plans a week from given inputs; pure. */
	plan(inputs: ScheduleInputs): BuiltSchedule {
		return buildSchedule(inputs);
	}

	/** Builds, locks and saves a page's week. */
	async build(context: AgentContext, upstream: Upstream): Promise<Schedule> {
		return makeSchedule(context, upstream);
	}
}

export const agent: Agent<typeof name> = {name, dependsOn, run: makeSchedule};
