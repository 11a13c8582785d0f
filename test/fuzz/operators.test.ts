import {describe, expect, it} from 'vitest';
import {sessionClasses} from './classes.js';
import {playSession, type PlayedSession} from './session.js';

/** Every class comes up some fifteen times; `npm run test:fuzz` plays 10,000. */
const sessions = 400;

describe('random operators', () => {
	it('change production only when no piece of the approval lacks', async () => {
		const played: PlayedSession[] = [];
		for (let seed = 1_000_001; seed <= 1_000_000 + sessions; seed += 1) {
			played.push(await playSession(seed));
		}

		expect(played.flatMap(({seed, name, problem, record}) => (problem === undefined ? [] : [`seed ${seed}, ${name}: ${problem}: ${record.join(' ')}`]))).toEqual([]);
		expect(new Set(played.map(({name}) => name))).toEqual(new Set(sessionClasses.map(({name}) => name)));
		expect(played.filter(({isRight}) => !isRight).reduce((sum, {accepted}) => sum + accepted, 0)).toBe(0);
		expect(played.filter(({isRight, accepted}) => isRight && accepted > 0).length).toBeGreaterThan(50);
	});

	it('are the same for the same seed', async () => {
		const [once, again] = [await playSession(7), await playSession(7)];
		expect(again).toEqual(once);
	});
});
