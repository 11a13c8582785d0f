// The four rules that propose a rollback (domain.md 8.5). Three-valued: a rule without data is never read as ok.
import type {MonitorSample, Recommendation, RedFlag} from './health.js';

export type RedFlagLimits = {
	readonly rollbackScore: number;
	/** Expected cost of a day; twice of it is a question. */
	readonly expectedDailyCostMicros: number;
	readonly flagCostMicros: number;
	readonly errorRate: number;
	/** With fewer finished jobs an error rate is a question, not a breach. */
	readonly minimumJobs: number;
};

export const defaultRedFlagLimits: RedFlagLimits = {rollbackScore: 70, expectedDailyCostMicros: 10_000_000, flagCostMicros: 100_000_000, errorRate: 0.1, minimumJobs: 20};

const dollars = (micros: number): string => `$${(micros / 1e6).toFixed(2)}`;
const percent = (ratio: number): string => `${(ratio * 100).toFixed(ratio * 100 < 10 ? 1 : 0)}%`;

const healthFlag = (samples: readonly MonitorSample[], limits: RedFlagLimits): RedFlag => {
	const last = samples.at(-1);
	const previous = samples.at(-2);
	const rule = `health < ${limits.rollbackScore}, twice in a row`;
	const because = (last?.components ?? []).map(({name, points, weight, detail}) => `${name} ${points === undefined ? 'no data' : Math.round(points * 100) / 100}/${weight}: ${detail}`);
	if (last?.score === undefined) {
		return {id: 'health', rule, state: 'no-data', detail: last === undefined ? 'no sample yet' : 'the health query gave no score', because};
	}

	if (last.score >= limits.rollbackScore) {
		return {id: 'health', rule, state: 'ok', detail: String(last.score), because};
	}

	const isSecond = previous?.score !== undefined && previous.score < limits.rollbackScore;
	return {id: 'health', rule, state: isSecond ? 'breach' : 'question', detail: isSecond ? `${previous.score} and ${last.score}` : `${last.score}, once`, because};
};

/** The value before, with what a second sample in a row without data turns it into. */
const blindOf = (flag: RedFlag, previous: RedFlag | undefined): RedFlag =>
	flag.state === 'no-data' && previous?.state === 'no-data' ? {...flag, state: 'blind', detail: `${flag.detail}, twice in a row`} : flag;

const costFlag = (sample: MonitorSample | undefined, limits: RedFlagLimits): RedFlag => {
	const doubled = 2 * limits.expectedDailyCostMicros;
	const rule = `cost > ${dollars(limits.flagCostMicros)} in 24 h, or > ${dollars(doubled)} (2x expected)`;
	const cost = sample?.cost;
	if (cost === undefined) {
		return {id: 'cost', rule, state: 'no-data', detail: 'the cost query gave no answer', because: []};
	}

	const because = cost.drivers.map(driver => `${driver.name} ${dollars(driver.micros)}`);
	const detail = dollars(cost.last24hMicros);
	if (cost.last24hMicros > limits.flagCostMicros) {
		return {id: 'cost', rule, state: 'breach', detail, because};
	}

	return {id: 'cost', rule, state: cost.last24hMicros > doubled ? 'question' : 'ok', detail, because};
};

const errorFlag = (sample: MonitorSample | undefined, limits: RedFlagLimits): RedFlag => {
	const rule = `error rate > ${percent(limits.errorRate)}`;
	if (sample === undefined || (sample.score === undefined && sample.jobs.finished === 0)) {
		return {id: 'error-rate', rule, state: 'no-data', detail: 'jobs were not counted', because: []};
	}

	const {finished, failed} = sample.jobs;
	if (finished === 0) {
		return {id: 'error-rate', rule, state: 'ok', detail: 'no jobs ran', because: []};
	}

	const rate = failed / finished;
	const because = sample.topErrors.map(error => `${error.count} x ${error.message}`);
	const state = rate <= limits.errorRate ? 'ok' : finished < limits.minimumJobs ? 'question' : 'breach';
	return {id: 'error-rate', rule, state, detail: `${percent(rate)} of ${finished} jobs`, because};
};

/** Schedules that can't be read and messages that are gone; other violations, as a caption reserved twice, cost points of health only. */
const corruptionFlag = (sample: MonitorSample | undefined): RedFlag => {
	const rule = 'corruption';
	// Where nothing at all is violated nothing is corrupt, also in a journal that counted no more.
	const corrupt = sample?.corruptRows ?? (sample?.integrityViolations === 0 ? 0 : undefined);
	if (corrupt === undefined) {
		return {id: 'corruption', rule, state: 'no-data', detail: 'integrity was not checked', because: []};
	}

	const because = sample!.components.filter(component => component.name === 'integrity').map(component => component.detail);
	return {id: 'corruption', rule, state: corrupt > 0 ? 'breach' : 'ok', detail: corrupt === 0 ? '0' : `${corrupt} rows`, because};
};

/** Reads the four rules from the samples so far (oldest first; the last one decides, health looks at the last two). */
export const readRedFlags = (samples: readonly MonitorSample[], limits: RedFlagLimits = defaultRedFlagLimits): readonly RedFlag[] => {
	const read = (until: readonly MonitorSample[]): readonly RedFlag[] => [healthFlag(until, limits), costFlag(until.at(-1), limits), errorFlag(until.at(-1), limits), corruptionFlag(until.at(-1))];
	const before = samples.length > 1 ? read(samples.slice(0, -1)) : [];
	return read(samples).map((flag, index) => blindOf(flag, before[index]));
};

/**
 * What the flags propose. A breach proposes the rollback; a question, or a rule without data twice in a row, asks a
 * person. It is a proposal: nothing acts on it by itself.
 */
export const recommend = (flags: readonly RedFlag[]): Recommendation => {
	if (flags.some(flag => flag.state === 'breach')) {
		return 'roll-back';
	}

	return flags.some(flag => flag.state === 'question' || flag.state === 'blind') ? 'ask' : 'continue';
};
