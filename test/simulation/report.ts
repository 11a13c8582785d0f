// What a simulation comes to: Markdown with a text plot, and the same plot as SVG.
import {policyNames, policySentences, type PolicyName} from './policies.js';
import {marginOf, mean, withEqualWeight, type Margin, type PageTotal} from './statistics.js';
import {policyRuns, type PageWeek, type Simulation} from './simulate.js';
import {assumptions} from './world.js';

type Way = 'selector' | PolicyName;
const ways = ['selector', ...policyNames] as const;

/** A week of a page of a world. Pages of different worlds have nothing in common but their size. */
type WorldWeek = PageWeek & {readonly worldPage: string};
const weeksOf = (simulations: readonly Simulation[]): readonly WorldWeek[] => simulations.flatMap(({options, pageWeeks}) => pageWeeks.map(item => ({...item, worldPage: `${options.seed} ${item.page}`})));

const byPage = (weeks: readonly WorldWeek[]): ReadonlyMap<string, readonly WorldWeek[]> => {
	const pages = new Map<string, WorldWeek[]>();
	for (const item of weeks) {
		pages.set(item.worldPage, [...(pages.get(item.worldPage) ?? []), item]);
	}

	return pages;
};

const sumOf = (weeks: readonly PageWeek[], way: Way): number => weeks.reduce((sum, item) => sum + item.earnings[way], 0);
const perMessage = (weeks: readonly PageWeek[], way: Way): number => sumOf(weeks, way) / weeks.reduce((sum, item) => sum + item.messages, 0);

/** The two margins of the selector over another way: of the mean earnings a message, and with each page at the same weight. */
export const marginsOf = (simulations: readonly Simulation[], other: PolicyName): {readonly perMessage: Margin; readonly perPage: Margin} => {
	const totals = [...byPage(weeksOf(simulations))].map(([page, weeks]): PageTotal => ({page, stratum: weeks[0]!.size, own: sumOf(weeks, 'selector'), other: sumOf(weeks, other)}));
	const {seed} = simulations[0]!.options;
	return {perMessage: marginOf(totals, seed), perPage: marginOf(withEqualWeight(totals), seed)};
};

const percent = (share: number): string => `${share >= 0 ? '+' : '−'}${Math.abs(100 * share).toFixed(1)} %`;
const intervalText = ({lift, interval}: Margin): string => `${percent(lift)} (${percent(interval[0])} to ${percent(interval[1])})`;

/** The selector has to earn more than these two; the others are harder measures that are reported. */
const required: readonly PolicyName[] = ['random', 'greedy'];

/** From three worlds of twelve weeks of 38 pages on the margins have to be sure; a smaller run can only tell that the selector is not surely worse. */
const hasToBeSure = (simulations: readonly Simulation[]): boolean => weeksOf(simulations).length >= 3 * 38 * 12;

/** Why simulations are not good, in sentences; empty when they are. */
export const verdictOf = (simulations: readonly Simulation[]): readonly string[] => [
	...simulations.flatMap(({breaches}) => breaches).slice(0, 20),
	...required.flatMap(name => {
		const margins = marginsOf(simulations, name);
		const isSure = hasToBeSure(simulations);
		return ([['a message', margins.perMessage], ['a message, each page with the same weight,', margins.perPage]] as const).flatMap(([measure, margin]) =>
			margin.interval[isSure ? 0 : 1] > 0 ? [] : [`mean earnings ${measure} are ${isSure ? 'not surely more' : 'surely less'} than those of ${name}: ${intervalText(margin)}`],
		);
	}),
];

/** Mean earnings a paid message of each week in units of random choice over all weeks, every page with the same weight. */
export const weeklyIndex = (simulations: readonly Simulation[]): ReadonlyMap<Way, readonly number[]> => {
	const weeks = weeksOf(simulations);
	const units = new Map([...byPage(weeks)].map(([page, own]) => [page, perMessage(own, 'random')]));
	return new Map(ways.map(way => [way, Array.from({length: simulations[0]!.options.weeks}, (_, week) => mean(weeks.filter(item => item.week === week).map(item => (100 * item.earnings[way]) / item.messages / units.get(item.worldPage)!)))]));
};

const textPlot = (simulations: readonly Simulation[]): readonly string[] => {
	const index = weeklyIndex(simulations);
	const most = Math.max(...[...index.values()].flat());
	return [...index].flatMap(([way, values]) => [`${way}`, ...values.map((value, week) => `  week ${String(week + 1).padStart(2)}  ${'█'.repeat(Math.round((40 * value) / most)).padEnd(40)} ${value.toFixed(0)}`)]);
};

/**
 * The report as Markdown.
 * @param lived how long it took, and how many of the worlds were not lived in that time but found in a folder.
 */
export const describeSimulations = (simulations: readonly Simulation[], lived: {readonly seconds: number; readonly found: number}): string => {
	const {options} = simulations[0]!;
	const weeks = weeksOf(simulations);
	const problems = verdictOf(simulations);
	const total = (counter: 'schedules' | 'messages' | 'firedRuns' | 'arms'): number => simulations.reduce((sum, simulation) => sum + simulation[counter], 0);
	const share = (of: 'exploredShare' | 'repeatedShare'): string => `${(100 * mean(simulations.map(simulation => simulation[of]))).toFixed(1)} %`;
	const rows = policyNames.map(name => {
		const margins = marginsOf(simulations, name);
		const worlds = simulations.map(simulation => percent(marginsOf([simulation], name).perMessage.lift)).join(', ');
		return `| ${name} | ${perMessage(weeks, name).toFixed(2)} | ${intervalText(margins.perMessage)} | ${worlds} | ${intervalText(margins.perPage)} |`;
	});
	const kept = hasToBeSure(simulations) ? 'the selector earned surely more than random and plain greedy choice' : 'nothing speaks against the selector; a run this small can say no more about earnings';
	return [
		`# Simulation: ${options.weeks} weeks of ${options.pages} pages in ${simulations.length} ${simulations.length === 1 ? 'world' : 'worlds'}`,
		'',
		problems.length === 0 ? `Every rule was kept, the arms did not drift, and ${kept}.` : `Not good:\n${problems.map(problem => `- ${problem}`).join('\n')}`,
		'',
		'| | |', '|---|---|',
		`| schedules, messages | ${total('schedules')}, ${total('messages')} |`,
		`| broken rules | ${simulations.flatMap(({breaches}) => breaches).length} |`,
		`| scheduled queries that ran | ${total('firedRuns')} |`,
		`| arms, page and caption | ${total('arms')} |`,
		`| paid messages that the selector marked as exploring | ${share('exploredShare')} |`,
		`| paid messages with a caption that the page had sent before | ${share('repeatedShare')} |`,
		`| captions of each world, seeds | ${options.captions}, ${simulations.map(simulation => simulation.options.seed).join(' ')} |`,
		`| seconds, worlds lived before | ${lived.seconds.toFixed(0)}, ${lived.found} |`,
		'',
		'## Mean earnings a paid message',
		'',
		`The selector earned $ ${perMessage(weeks, 'selector').toFixed(2)} a paid message.`,
		'',
		'| against | its mean, $ | margin of the selector | in each world | margin, each page with the same weight |', '|---|---|---|---|---|',
		...rows,
		'',
		`In brackets 95 % intervals: rescaled bootstrap with 4,000 draws, paired (all ways fill the same slots with the same luck), clustered by page, stratified by account size. Every other way ran ${policyRuns} times, each in a world of its own that learns from its own sends; its mean over these runs is compared.`,
		'',
		...policyNames.map(name => `- ${policySentences[name]}`),
		'',
		`The world and what counts as plain greedy choice were settled after looking at trial runs of several of both, so the margins show that the selector can earn more in such a world, not that it does in every one. Hidden rates: spread of a caption's appeal ${assumptions.appealSpread}, of a page's taste ${assumptions.tasteSpread}, of one page with one caption ${assumptions.pairSpread} (standard deviations of logarithms); the bank's average revenue is correlated ${assumptions.bankCorrelation} with the appeal. At the start nobody has sent any caption.`,
		'',
		'The last three rows are reported and not required. The first of them sees what is hidden. The other two know more of captions from the start than plain greedy choice and explore only what they must; what they earn more than the selector is what the exploring that the specification asks for costs in these weeks.',
		'',
		'Week by week, 100 is random choice over all weeks:',
		'', '```', ...textPlot(simulations), '```', '',
	].join('\n');
};

const colours = {selector: '#1f6feb', random: '#8b949e', greedy: '#d29922', 'greedy-hours': '#cf222e', 'greedy-bank': '#2da44e', 'greedy-arms': '#8250df'} as const;

/** The weekly plot as SVG. */
export const drawWeeks = (simulations: readonly Simulation[]): string => {
	const index = weeklyIndex(simulations);
	const {weeks} = simulations[0]!.options;
	const all = [...index.values()].flat();
	const [low, high] = [Math.floor(Math.min(...all) / 10) * 10, Math.ceil(Math.max(...all) / 10) * 10];
	const x = (week: number): number => 60 + (620 * week) / Math.max(1, weeks - 1);
	const y = (value: number): number => 330 - (290 * (value - low)) / Math.max(1, high - low);
	const ticks = Array.from({length: (high - low) / 10 + 1}, (_, tick) => low + 10 * tick);
	return [
		'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 860 380" font-family="sans-serif" font-size="12">',
		'<rect width="860" height="380" fill="white"/>',
		'<text x="60" y="22" font-size="14">Mean earnings a paid message, week by week (random choice over all weeks = 100)</text>',
		...ticks.map(tick => `<line x1="60" x2="680" y1="${y(tick)}" y2="${y(tick)}" stroke="#d0d7de"/><text x="52" y="${y(tick) + 4}" text-anchor="end">${tick}</text>`),
		...Array.from({length: weeks}, (_, week) => `<text x="${x(week).toFixed(1)}" y="352" text-anchor="middle">${week + 1}</text>`),
		...[...index].flatMap(([way, values], place) => [
			`<polyline fill="none" stroke="${colours[way]}" stroke-width="2" points="${values.map((value, week) => `${x(week).toFixed(1)},${y(value).toFixed(1)}`).join(' ')}"/>`,
			`<line x1="700" x2="724" y1="${60 + 22 * place}" y2="${60 + 22 * place}" stroke="${colours[way]}" stroke-width="2"/><text x="732" y="${64 + 22 * place}">${way}</text>`,
		]),
		'</svg>', '',
	].join('\n');
};
