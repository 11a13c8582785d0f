// One simulation: the selector's weeks on the warehouse, the other policies beside it, every week checked.
import type {AccountSize} from '../../source/eros/account-size.js';
import type {Schedule} from '../../source/eros/envelope.js';
import {addDays} from './dates.js';
import {createPolicy, earningsOf, policyNames, type PolicyName, type Send, type Slot} from './policies.js';
import {repetitionBreaches, weekBreaches} from './rules.js';
import {mean} from './statistics.js';
import {startSimulatedWarehouse} from './weeks.js';
import {createWorld, type World} from './world.js';

export type SimulationOptions = {readonly weeks: number; readonly pages: number; readonly captions: number; readonly seed: number; readonly onWeek?: (line: string) => void};

/** What a page's week earned under each way of choosing, USD, and its paid messages. Of the other ways it is the mean of their runs. */
export type PageWeek = {readonly page: string; readonly size: AccountSize; readonly week: number; readonly messages: number; readonly earnings: Readonly<Record<'selector' | PolicyName, number>>};

export type Simulation = {
	readonly options: SimulationOptions;
	readonly pageWeeks: readonly PageWeek[];
	readonly schedules: number;
	readonly messages: number;
	/** Captions used again by a page, as a share of its paid messages. */
	readonly repeatedShare: number;
	readonly exploredShare: number;
	readonly arms: number;
	readonly firedRuns: number;
	/** Breaches of any rule, in sentences. */
	readonly breaches: readonly string[];
};

/**
 * Runs of each other way of choosing. A way that draws its first captions and then repeats them hangs on that draw: one run
 * of plain greedy choice earns anything within about 8 % of what it earns on average. Many runs measure the way, not its luck.
 */
export const policyRuns = 20;

/** The last week of October 2025: the first planned week is the one after the clocks went back. */
const firstMonday = '2025-11-03';

const slotsOf = (schedule: Schedule): readonly Slot[] => {
	const bestFirst = [...schedule.messages].sort((a, b) => b.performance_score - a.performance_score);
	return schedule.messages.map(message => ({
		key: `${schedule.page_name} ${message.send_local}`,
		type: message.type,
		tier: message.tier,
		date: message.send_local.slice(0, 10),
		hour: Number(message.send_local.slice(11, 13)),
		place: bestFirst.indexOf(message),
		price: message.price,
	}));
};

const sendsOf = (world: World, schedule: Schedule): readonly Send[] => {
	const page = world.pages.find(candidate => candidate.name === schedule.page_name)!;
	return slotsOf(schedule).map((slot, index) => {
		const caption = world.captions.find(candidate => candidate.id === schedule.messages[index]!.caption_id)!;
		const buyers = world.buyers(page, caption, slot.hour, slot.key);
		return {page, slot, caption, buyers, earnings: earningsOf(buyers, slot)};
	});
};

const sum = (sends: readonly Send[]): number => sends.reduce((total, send) => total + send.earnings, 0);

/** Runs a simulation from its seed. */
export const simulate = async (options: SimulationOptions): Promise<Simulation> => {
	const world = createWorld(options.seed, options.pages, options.captions);
	const warehouse = await startSimulatedWarehouse(world, firstMonday);
	const policies = policyNames.map(name => ({name, runs: Array.from({length: policyRuns}, (_, draw) => createPolicy(name, world, draw))}));
	const pageWeeks: PageWeek[] = [];
	const breaches: string[] = [];
	const usedBefore = new Set<string>();
	let [messages, paid, repeated, explored, arms] = [0, 0, 0, 0, 0];
	try {
		for (let week = 0; week < options.weeks; week += 1) {
			const monday = addDays(firstMonday, 7 * week);
			const schedules = await warehouse.plan(monday);
			const locks = await warehouse.locks();
			breaches.push(...schedules.flatMap(schedule => weekBreaches(schedule, locks.filter(lock => lock.scheduleId === schedule.schedule_id && lock.isActive))), ...repetitionBreaches(locks));
			const sends = schedules.flatMap(schedule => sendsOf(world, schedule));
			for (const schedule of schedules) {
				const own = sends.filter(send => send.page.name === schedule.page_name);
				const [page] = own.map(send => send.page);
				const slots = slotsOf(schedule);
				const earnings = Object.fromEntries(policies.map(({name, runs}) => [name, mean(runs.map(run => sum(run.sendWeek(page!, slots, addDays(monday, -1)))))])) as Record<PolicyName, number>;
				pageWeeks.push({page: page!.name, size: page!.size, week, messages: own.filter(send => send.slot.type === 'PPV').length, earnings: {selector: sum(own), ...earnings}});
			}

			for (const send of sends.filter(({slot}) => slot.type === 'PPV')) {
				const key = `${send.page.name} ${send.caption.id}`;
				repeated += usedBefore.has(key) ? 1 : 0;
				paid += 1;
				usedBefore.add(key);
			}

			messages += sends.length;
			explored += schedules.flatMap(schedule => schedule.messages).filter(message => message.type === 'PPV' && message.strategy === 'explore').length;
			await warehouse.live(monday, sends);
			const drift = await warehouse.updateAgain();
			arms = drift.arms;
			breaches.push(...(drift.before === drift.after ? [] : [`week of ${monday}: update_caption_performance changed the arms when it ran again`]));
			const now = pageWeeks.filter(item => item.week === week);
			const perMessage = (name: 'selector' | PolicyName): string => (now.reduce((total, item) => total + item.earnings[name], 0) / now.reduce((total, item) => total + item.messages, 0)).toFixed(0);
			options.onWeek?.(`week ${week + 1}/${options.weeks} of ${monday}: ${sends.length} messages, $ a paid message: selector ${perMessage('selector')}, ${policyNames.map(name => `${name} ${perMessage(name)}`).join(', ')}; breaches ${breaches.length}`);
		}

		breaches.push(...warehouse.failedRuns.map(run => `a scheduled query failed: ${run}`));
		return {options, pageWeeks, schedules: pageWeeks.length, messages, repeatedShare: repeated / paid, exploredShare: explored / paid, arms, firedRuns: warehouse.firedRuns(), breaches};
	} finally {
		await warehouse.close();
	}
};
