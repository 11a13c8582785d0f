// The gate between staging and production: a pure function of its tests. All green, none missing, or it is red.
import {createHash} from 'node:crypto';
import type {EventData} from '../domain/events.js';
import type {RunState, Step} from '../domain/run-state.js';
import {isGateTest, tasksOf} from '../domain/window.js';

export {isGateTest} from '../domain/window.js';

export type GateDecision = EventData<'gate.decided'>;

/** A certificate of the gate is good for so long. */
export const gateValidMs = 30 * 60_000;

/** True when every test of the gate has passed or failed: it can be decided. */
export const isGateDecidable = (state: RunState): boolean => {
	const tests = tasksOf(state.window).filter(task => isGateTest(task));
	return tests.length > 0 && (tests.every(({id}) => state.steps.get(id)?.state.kind === 'passed') || tests.some(({id}) => state.steps.get(id)?.state.kind === 'failed'));
};

const durationOf = (step: Step | undefined): number => (step?.state.kind === 'passed' || step?.state.kind === 'failed' ? step.state.durationMs : 0);

/**
 * Decides the gate.
 * @param planHash what the certificate is for: it hashes the plan and all evidence of the tests.
 */
export const decideGate = (state: RunState, atMs: number): GateDecision => {
	const tests = tasksOf(state.window).filter(task => isGateTest(task));
	const results = tests.map(task => {
		const step = state.steps.get(task.id);
		return {task: task.id, name: task.title, passed: step?.state.kind === 'passed', durationMs: durationOf(step), limitMs: task.expectedMs};
	});
	const evidence = tests.map(({id}) => [id, [...state.steps.get(id)?.verdicts ?? []]]);
	const certificate = createHash('sha256').update(JSON.stringify([state.plan?.hash, evidence])).digest('hex').slice(0, 12);
	return {passed: results.length > 0 && results.every(({passed}) => passed), tests: results, certificate, atMs, validUntilMs: atMs + gateValidMs};
};

/** Why production may not be asked for; undefined when the gate is green and fresh. */
export const gateObjection = (state: RunState, nowMs: number): string | undefined => {
	if (state.gate === undefined) {
		return 'the gate was not decided';
	}

	if (!state.gate.passed) {
		return `the gate is red: ${state.gate.tests.filter(({passed}) => !passed).map(({task, name}) => `${task} ${name}`).join(', ')}`;
	}

	return nowMs > state.gate.validUntilMs ? 'the gate was decided more than 30 minutes ago' : undefined;
};
