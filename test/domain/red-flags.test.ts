import {describe, expect, it} from 'vitest';
import type {MonitorSample} from '../../source/domain/health.js';
import {readRedFlags, recommend} from '../../source/domain/red-flags.js';

const aSample = (change: Partial<MonitorSample> = {}): MonitorSample => ({
	index: 1, atMs: 0, dueOffsetMs: 0, score: 93, band: 'HEALTHY', components: [], jobs: {finished: 100, failed: 0}, integrityViolations: 0, corruptRows: 0, topErrors: [], scheduleRuns: [],
	cost: {last24hMicros: 310_000, todayMicros: 0, sinceDeployMicros: 0, projected24hMicros: 0, billedBytes: 0, drivers: []}, ...change,
});

const withoutScore = (): MonitorSample => {
	const {score: _score, ...rest} = aSample();
	return rest;
};

const states = (samples: readonly MonitorSample[]) => Object.fromEntries(readRedFlags(samples).map(({id, state}) => [id, state]));
const advice = (samples: readonly MonitorSample[]) => recommend(readRedFlags(samples));
const cost = (micros: number) => ({cost: {last24hMicros: micros, todayMicros: 0, sinceDeployMicros: 0, projected24hMicros: 0, billedBytes: 0, drivers: []}});

describe('the red flags', () => {
	it('are quiet for a healthy sample', () => {
		expect(states([aSample()])).toEqual({health: 'ok', cost: 'ok', 'error-rate': 'ok', corruption: 'ok'});
		expect(advice([aSample()])).toBe('continue');
	});

	it('ask about one bad score and propose the rollback after the second in a row', () => {
		expect(advice([aSample({score: 69})])).toBe('ask');
		expect(advice([aSample({score: 69}), aSample({score: 70})])).toBe('continue');
		expect(advice([aSample({score: 65}), aSample({score: 61})])).toBe('roll-back');
		expect(readRedFlags([aSample({score: 65}), aSample({score: 61})])[0]?.detail).toBe('65 and 61');
	});

	it('do not wait for a second sample when data is corrupt', () => {
		expect(advice([aSample({integrityViolations: 1, corruptRows: 1})])).toBe('roll-back');
	});

	it('take a violation that is no corruption for what it is', () => {
		expect(states([aSample({integrityViolations: 3})])['corruption']).toBe('ok');
	});

	it('know nothing of corruption where only violations were counted, unless there were none', () => {
		const {corruptRows: _corruptRows, ...former} = aSample();
		expect(states([former])['corruption']).toBe('ok');
		expect(states([{...former, integrityViolations: 2}])['corruption']).toBe('no-data');
	});

	it.each([[20_000_000, 'ok'], [20_000_001, 'question'], [100_000_000, 'question'], [100_000_001, 'breach']])('read a cost of %i micro-dollars as %s', (micros, state) => {
		expect(states([aSample(cost(micros))])['cost']).toBe(state);
	});

	it.each([[100, 10, 'ok'], [100, 11, 'breach'], [19, 5, 'question'], [20, 5, 'breach'], [0, 0, 'ok']])('read %i jobs with %i failed as %s', (finished, failed, state) => {
		expect(states([aSample({jobs: {finished, failed}})])['error-rate']).toBe(state);
	});

	it('turn red when a rule has no data twice in a row, whichever rule it is', () => {
		const {cost: _cost, ...withoutCost} = aSample();
		expect(states([withoutCost, withoutCost])).toEqual({health: 'ok', cost: 'blind', 'error-rate': 'ok', corruption: 'ok'});
		expect(advice([withoutCost, withoutCost])).toBe('ask');
		expect(advice([withoutCost, aSample()])).toBe('continue');
	});

	it('never read missing data as ok, and ask after two samples without a score', () => {
		expect(states([withoutScore()])['health']).toBe('no-data');
		expect(advice([withoutScore()])).toBe('continue');
		expect(advice([withoutScore(), withoutScore()])).toBe('ask');
		expect(states([withoutScore(), withoutScore()])).toEqual({health: 'blind', cost: 'ok', 'error-rate': 'ok', corruption: 'ok'});
		expect(readRedFlags([withoutScore(), withoutScore()])[0]?.detail).toBe('the health query gave no score, twice in a row');
		expect(states([withoutScore(), aSample(), withoutScore()])['health']).toBe('no-data');
		expect(Object.values(states([]))).toEqual(['no-data', 'no-data', 'no-data', 'no-data']);
	});
});
