import fc from 'fast-check';
import {describe, expect, it, test} from 'vitest';
import type {Caption} from '../../../source/eros/schedule/caption.js';
import {pick} from '../../../source/eros/schedule/assign.js';
import {poolQuotas} from '../../../source/eros/selection.js';
import {aCaption} from '../support/a-pool.js';

describe('the size of the candidate pool', () => {
	test.each([
		['a target over the need, in its proportions', {budget: 2, mid: 6, premium: 8, bump: 12}, 100, {budget: 7, mid: 21, premium: 29, bump: 43}],
		['a need over the target', {budget: 9, mid: 9, premium: 9, bump: 9}, 30, {budget: 9, mid: 9, premium: 9, bump: 9}],
		['a tier that is not needed', {budget: 0, mid: 4, premium: 0, bump: 4}, 40, {budget: 0, mid: 20, premium: 0, bump: 20}],
		['a week without messages', {budget: 0, mid: 0, premium: 0, bump: 0}, 30, {budget: 0, mid: 0, premium: 0, bump: 0}],
	])('%s', (_, quotas, target, expected) => {
		expect(poolQuotas(quotas, target)).toEqual(expected);
	});

	it('adds up, and no tier gets less than it needs', () => {
		const quota = fc.integer({min: 0, max: 25});
		fc.assert(fc.property(fc.record({budget: quota, mid: quota, premium: quota, bump: quota}), fc.integer({min: 30, max: 140}), (quotas, target) => {
			const sized = poolQuotas(quotas, target);
			const total = (of: Readonly<Record<string, number>>): number => Object.values(of).reduce((sum, count) => sum + count, 0);
			expect(total(sized)).toBe(total(quotas) === 0 ? 0 : Math.max(target, total(quotas)));
			for (const tier of ['budget', 'mid', 'premium', 'bump'] as const) {
				expect(sized[tier]).toBeGreaterThanOrEqual(quotas[tier]);
			}
		}));
	});
});

/** The selector's rule for one tier (step 10 of the procedure): a fifth by exploration value of the little known, the rest by score. */
const selected = (tier: readonly (Caption & {readonly isLittleKnown: boolean})[], quota: number): readonly Caption[] => {
	const byId = (a: Caption, b: Caption): number => (BigInt(a.id) < BigInt(b.id) ? -1 : 1);
	const explorers = tier.filter(caption => caption.isLittleKnown).sort((a, b) => b.explorationValue - a.explorationValue || byId(a, b)).slice(0, Math.floor((2 * quota + 5) / 10));
	const rest = tier.filter(caption => !explorers.includes(caption)).sort((a, b) => b.finalScore - a.finalScore || byId(a, b)).slice(0, quota - explorers.length);
	return [...explorers.map(caption => aCaption({...caption, strategy: 'explore'})), ...rest.map(caption => aCaption({...caption, strategy: 'exploit'}))];
};

it('the week’s captions are those that the selector takes for the week’s quota, whatever the pool was sized to', () => {
	const tier = fc.array(fc.record({finalScore: fc.double({min: 0, max: 1, noNaN: true}), explorationValue: fc.double({min: 0, max: 1, noNaN: true}), isLittleKnown: fc.boolean()}), {maxLength: 80})
		.map(facts => facts.map((fact, index) => ({...aCaption({id: String(index + 1)}), ...fact})));
	const named = (captions: readonly Caption[]): readonly string[] => captions.map(caption => `${caption.id} ${caption.strategy}`).sort();
	fc.assert(fc.property(tier, fc.integer({min: 0, max: 25}), fc.integer({min: 0, max: 60}), (captions, quota, more) => {
		expect(named(pick(selected(captions, quota + more), quota))).toEqual(named(selected(captions, quota)));
	}), {numRuns: 500});
});
