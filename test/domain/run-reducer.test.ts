import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import type {JournaledEvent, RunEvent} from '../../source/domain/events.js';
import {criterionId, jobId, phaseId, runId, taskId} from '../../source/domain/ids.js';
import {foldEvents, initialRunState, reduce} from '../../source/domain/run-reducer.js';
import type {RunState} from '../../source/domain/run-state.js';
import {refuseTransition} from '../../source/domain/run-transitions.js';
import type {TaskSpec} from '../../source/domain/window.js';

const tasks = ['1.1', '2A.1', '2B.1'].map((id): TaskSpec => ({
	id: taskId(id), title: id, phase: phaseId('1'), dependsOn: [], stepClass: 'probe', criteria: [{id: criterionId(`${id}/a`), text: 'a', isFromSeed: true}],
	expectedMs: 1, isSkippable: false, needsApproval: false, undo: '',
}));

const started: RunEvent = {
	type: 'run.started',
	data: {run: runId('7f3a'), command: 'deploy', version: '1', target: {kind: 'embedded', project: 'p', dataset: 'd', location: 'US', timeZone: 'UTC'}, window: {phases: [{id: phaseId('1'), title: '1', tasks}]}, costCapMicros: 1, stagingDataset: 's', artifacts: '/a'},
};

const journaled = (event: RunEvent, seq: number): JournaledEvent => ({...event, v: 1, seq, wall: seq * 10, mono: seq, boot: 'b', run: runId('7f3a'), epoch: 1, actor: 'a', prevHash: '', hash: ''});
const fold = (events: readonly RunEvent[]): RunState => foldEvents(events.map((event, index) => journaled(event, index + 1)));

const task = fc.constantFrom('1.1', '2A.1', '2B.1', '9.9').map(id => taskId(id));
const job = fc.constantFrom('j1', 'j2', 'j3').map(id => jobId(id));
const failure = {message: 'm', reason: 'r', class: 'permanent'} as const;
const anEvent: fc.Arbitrary<RunEvent> = fc.oneof(
	fc.record({task, attempt: fc.nat(5)}).map((data): RunEvent => ({type: 'step.started', data})),
	task.map((id): RunEvent => ({type: 'step.verifying', data: {task: id}})),
	task.map((id): RunEvent => ({type: 'step.passed', data: {task: id, summary: '', durationMs: 1}})),
	task.map((id): RunEvent => ({type: 'step.failed', data: {task: id, failure, durationMs: 1}})),
	task.map((id): RunEvent => ({type: 'step.skipped', data: {task: id, reason: '', by: ''}})),
	task.map((id): RunEvent => ({type: 'step.cancelled', data: {task: id, reason: ''}})),
	task.map((id): RunEvent => ({type: 'step.staled', data: {task: id, reason: ''}})),
	task.map((id): RunEvent => ({type: 'step.progressed', data: {task: id, done: 1}})),
	fc.tuple(task, job).map(([id, name]): RunEvent => ({type: 'step.unknown', data: {task: id, job: name}})),
	fc.tuple(task, job).map(([id, name]): RunEvent => ({type: 'job.intended', data: {task: id, job: name, statement: '', sqlSha256: '', mutates: true}})),
	fc.tuple(task, job).map(([id, name]): RunEvent => ({type: 'job.accepted', data: {task: id, job: name, adopted: false}})),
	fc.tuple(task, job).map(([id, name]): RunEvent => ({type: 'job.lost', data: {task: id, job: name, message: ''}})),
	fc.tuple(task, job).map(([id, name]): RunEvent => ({type: 'job.absent', data: {task: id, job: name}})),
	fc.tuple(task, job).map(([id, name]): RunEvent => ({type: 'job.finished', data: {task: id, job: {id: name, statement: '', state: 'DONE', durationMs: 1, billedBytes: 10}}})),
	task.map((id): RunEvent => ({type: 'criterion.decided', data: {task: id, criterion: criterionId(`${id}/a`), verdict: {kind: 'auto', evidence: ''}}})),
	fc.constantFrom<RunEvent>({type: 'run.paused', data: {by: ''}}, {type: 'run.unpaused', data: {by: ''}}, {type: 'run.draining', data: {reason: ''}}, {type: 'run.resumed', data: {lastSeenMs: 0, findings: []}}, started),
	fc.constantFrom<RunEvent>({type: 'question.asked', data: {question: {kind: 'start', id: 'q', title: ''}}}, {type: 'question.answered', data: {id: 'q', answer: '', by: ''}}),
	fc.constant<RunEvent>({type: 'run.finished', data: {outcome: 'failed', exitCode: 1, criteria: {unchecked: 0, auto: 0, attested: 0, 'n/a': 0, failed: 0, 'no-data': 0}, costMicros: 0, sentence: ''}}),
	fc.constant<RunEvent>({type: 'monitor.finished', data: {samples: 0, coverage: 0}}),
	fc.constant<RunEvent>({type: 'rollback.step.started', data: {number: 1}}),
);

/** What holds of every state, however it came about. */
const holds = (state: RunState): boolean =>
	[...state.steps].every(([id, step]) => step.task.id === id && step.verdicts.size === step.task.criteria.length)
	&& new Set(state.questions.map(({id}) => id)).size === state.questions.length
	&& (state.phase !== 'finished' || state.questions.length === 0)
	&& state.jobCount === [...state.jobs.values()].filter(entry => entry.state === 'finished').length
	&& state.billedBytes === 10 * state.jobCount
	&& (state.run === undefined) === (state.steps.size === 0);

describe('the run reducer', () => {
	it('leads any sequence of events through valid states only, and refuses the rest', () => {
		fc.assert(fc.property(fc.array(anEvent, {maxLength: 60}), events => {
			let state = initialRunState;
			for (const [index, event] of [started, ...events].entries()) {
				const refusal = refuseTransition(state, event);
				const next = reduce(state, journaled(event, index + 1));
				if (refusal !== undefined && (next.steps !== state.steps || next.jobs !== state.jobs || next.questions !== state.questions || next.phase !== state.phase)) {
					return false;
				}

				state = next;
				if (!holds(state)) {
					return false;
				}
			}

			return true;
		}), {numRuns: 500});
	});

	it('folds in bulk to the same state as one by one, and leaves what it started from alone', () => {
		fc.assert(fc.property(fc.array(anEvent, {maxLength: 60}), fc.nat(60), (events, cut) => {
			const all = [started, ...events].map((event, index) => journaled(event, index + 1));
			const half = foldEvents(all.slice(0, cut));
			const kept = structuredClone(half);
			const whole = foldEvents(all.slice(cut), half);
			expect(half).toEqual(kept);
			expect(whole).toEqual(all.reduce(reduce, initialRunState));
		}), {numRuns: 200});
	});

	it('starts every criterion unchecked and proves a new attempt anew', () => {
		const criterion = criterionId('1.1/a');
		const id = taskId('1.1');
		const state = fold([started, {type: 'step.started', data: {task: id, attempt: 1}}, {type: 'criterion.decided', data: {task: id, criterion, verdict: {kind: 'auto', evidence: 'seen'}}}, {type: 'step.failed', data: {task: id, failure, durationMs: 1}}]);
		expect(state.steps.get(id)?.verdicts.get(criterion)).toEqual({kind: 'auto', evidence: 'seen'});
		const again = reduce(state, journaled({type: 'step.started', data: {task: id, attempt: 2}}, 9));
		expect(again.steps.get(id)?.verdicts.get(criterion)).toEqual({kind: 'unchecked'});
	});

	it('keeps a step unknown until its job was looked up', () => {
		const id = taskId('1.1');
		const lost: readonly RunEvent[] = [started, {type: 'step.started', data: {task: id, attempt: 1}}, {type: 'job.intended', data: {task: id, job: jobId('j1'), statement: '', sqlSha256: '', mutates: true}}, {type: 'job.lost', data: {task: id, job: jobId('j1'), message: ''}}, {type: 'step.unknown', data: {task: id, job: jobId('j1')}}];
		expect(refuseTransition(fold(lost), {type: 'step.started', data: {task: id, attempt: 1}})).toContain('looked up first');
		expect(refuseTransition(fold(lost), {type: 'step.skipped', data: {task: id, reason: '', by: ''}})).toBeDefined();
		expect(refuseTransition(fold([...lost, {type: 'job.absent', data: {task: id, job: jobId('j1')}}]), {type: 'step.started', data: {task: id, attempt: 1}})).toBeUndefined();
	});

	it('lets no question and no running step survive a resume', () => {
		const state = fold([started, {type: 'step.started', data: {task: taskId('1.1'), attempt: 2}}, {type: 'question.asked', data: {question: {kind: 'start', id: 'q', title: ''}}}, {type: 'run.resumed', data: {lastSeenMs: 0, findings: []}}]);
		expect(state.questions).toEqual([]);
		expect(state.steps.get(taskId('1.1'))?.state).toEqual({kind: 'stale', reason: 'interrupted', attempt: 2});
	});
});
