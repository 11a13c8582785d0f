// The runs that screens and lines are tested with are runs that could have happened.
import {describe, expect, it} from 'vitest';
import {brokenInvariants} from '../../source/domain/run-invariants.js';
import {initialRunState, reduce} from '../../source/domain/run-reducer.js';
import {refuseTransition} from '../../source/domain/run-transitions.js';
import {scenario, scenarioNames} from '../support/scenarios/index.js';

describe('the scenarios', () => {
	it.each(scenarioNames)('%s is a run without a refused event', name => {
		const refused: string[] = [];
		let state = initialRunState;
		for (const event of scenario(name)) {
			const reason = refuseTransition(state, event);
			if (reason !== undefined) {
				refused.push(`${event.seq} ${event.type}: ${reason}`);
			}

			state = reduce(state, event);
		}

		expect(refused).toEqual([]);
		expect(brokenInvariants(state)).toEqual([]);
	});
});
