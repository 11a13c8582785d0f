// The reducer against its model: whatever is told, in whatever order, leads to a valid state or is refused.
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import type {RunEvent, RunEventType} from '../../source/domain/events.js';
import {brokenInvariants} from '../../source/domain/run-invariants.js';
import {foldEvents, initialRunState, reduce} from '../../source/domain/run-reducer.js';
import type {RunState} from '../../source/domain/run-state.js';
import {refuseTransition} from '../../source/domain/run-transitions.js';
import {everyEvent, journaled} from './support/every-event.js';

/** A walk: each number draws one event, most of them from those that fit, so that deep states are reached too. */
const aWalk = fc.array(fc.nat(0x7F_FF_FF_FF), {minLength: 1, maxLength: 120});

const isAhead = ({type}: RunEvent): boolean => /^(?:run\.started|step\.(?:started|verifying|passed)|plan|gate|question\.a|lease\.taken|restore|job\.(?:intended|accepted|finished)|production|rollback)/.test(type);
const ahead = everyEvent.filter(event => isAhead(event));
const others = everyEvent.filter(({type}) => type !== 'run.finished' && type !== 'log.written');

/** A pseudo-random sequence from a number, good enough to pick with. */
const mix = (number: number): number => Math.imul(number ^ (number >>> 15), 0x2C_1B_3C_6D) >>> 0;

const draw = (state: RunState, seq: number, number: number): RunEvent => {
	let at = mix(number + 1);
	if (number % 8 === 0 || state.run === undefined) {
		return number % 4 === 0 ? everyEvent[at % everyEvent.length]! : everyEvent[0]!;
	}

	// What moves the run on is tried more often than what takes it back.
	const from = number % 8 < 6 ? ahead : others;
	for (let tries = 0; tries < 60; tries += 1) {
		const event = from[at % from.length]!;
		if (refuseTransition(state, journaled(event, seq)) === undefined) {
			return event;
		}

		at = mix(at + tries + 1);
	}

	return from[at % from.length]!;
};

const walk = (numbers: readonly number[], see: (event: RunEvent, before: RunState, after: RunState) => void): void => {
	let state = initialRunState;
	for (const [index, number] of numbers.entries()) {
		const event = draw(state, index + 1, number);
		const next = reduce(state, journaled(event, index + 1));
		see(event, state, next);
		state = next;
	}
};

/** Every type of event there is; a new one that is missing here does not compile. */
const vocabulary = Object.keys({
	'run.started': 1, 'run.resumed': 1, 'run.paused': 1, 'run.unpaused': 1, 'run.draining': 1, 'run.cancelling': 1, 'run.suspended': 1, 'run.finished': 1, 'plan.frozen': 1,
	'step.started': 1, 'step.progressed': 1, 'step.blocked': 1, 'step.verifying': 1, 'step.passed': 1, 'step.failed': 1, 'step.skipped': 1, 'step.cancelled': 1, 'step.unknown': 1, 'step.staled': 1,
	'criterion.decided': 1, 'criterion.added': 1, 'job.intended': 1, 'job.accepted': 1, 'job.finished': 1, 'job.lost': 1, 'result.kept': 1, 'job.absent': 1,
	'question.asked': 1, 'question.answered': 1, 'question.closed': 1, 'approval.seconded': 1, 'intent.refused': 1, 'production.changed': 1, 'staging.changed': 1, 'restore-point.taken': 1, 'restore-point.proven': 1,
	'gate.decided': 1, 'lease.taken': 1, 'lease.released': 1, 'cost.counted': 1, 'artifact.written': 1, 'log.written': 1,
	'monitor.started': 1, 'monitor.sampled': 1, 'monitor.flagged': 1, 'monitor.reviewed': 1, 'monitor.blinded': 1, 'monitor.finished': 1,
	'rollback.started': 1, 'rollback.step.started': 1, 'rollback.step.progressed': 1, 'rollback.step.finished': 1, 'rollback.proved': 1, 'journal.repaired': 1, 'view.joined': 1, 'view.left': 1, 'control.asked': 1, 'control.passed': 1,
} satisfies Record<RunEventType, 1>);

describe('the run reducer against its model', () => {
	it('leads any sequence of events through valid states only', () => {
		const reached = new Set<string>();
		fc.assert(fc.property(aWalk, numbers => {
			walk(numbers, (event, before, after) => {
				const refusal = refuseTransition(before, journaled(event, after.lastSeq));
				if (refusal !== undefined) {
					// A refused event moves the clock and nothing else.
					const keys = new Set([...Object.keys(before), ...Object.keys(after)] as (keyof RunState)[]);
					const moved = [...keys].filter(key => before[key] !== after[key] && key !== 'nowMs' && key !== 'lastSeq');
					if (moved.length > 0) {
						throw new Error(`${event.type} was refused (${refusal}) and moved ${moved.join(', ')}`);
					}
				}

				const broken = brokenInvariants(after);
				if (broken.length > 0) {
					throw new Error(`after ${JSON.stringify(event).slice(0, 300)}: ${broken.join('; ')}`);
				}

				reached.add(`production ${after.production.kind}`);
				for (const {state} of after.steps.values()) {
					reached.add(`step ${state.kind}`);
				}
			});
		}), {numRuns: 1500, seed: 20_251_103});
		// The walks are worth something only when they get about.
		for (const kind of ['pending', 'blocked', 'running', 'unknown', 'passed', 'failed', 'skipped', 'cancelled', 'stale']) {
			expect(reached).toContain(`step ${kind}`);
		}
	});

	it('is told every event there is', () => {
		expect([...new Set(everyEvent.map(({type}) => type))].toSorted()).toEqual(vocabulary.toSorted());
	});

	it('finds a valid state at every prefix, folded at once or in two parts', () => {
		fc.assert(fc.property(aWalk, fc.nat(80), (numbers, cut) => {
			const events: RunEvent[] = [];
			walk(numbers, event => {
				events.push(event);
			});
			const lines = events.map((event, index) => journaled(event, index + 1));
			const half = foldEvents(lines.slice(0, cut));
			const kept = structuredClone(half);
			expect(brokenInvariants(half)).toEqual([]);
			expect(foldEvents(lines.slice(cut), half)).toEqual(lines.reduce(reduce, initialRunState));
			expect(half).toEqual(kept);
		}), {numRuns: 100, seed: 11});
	});
});
