// Builds journaled events by hand: what happened, and when, without hashes that anybody checks.
import type {JournaledEvent, RunEvent} from '../../../source/domain/events.js';
import {runId, taskId} from '../../../source/domain/ids.js';
import {windowSpec} from '../../../source/window/window-spec.js';

export const startMs = Date.parse('2025-11-03T15:00:00Z');

export class Script {
	readonly events: JournaledEvent[] = [];
	atMs = startMs;

	/** Lets the run's clock pass. */
	wait(ms: number): this {
		this.atMs += ms;
		return this;
	}

	add(event: RunEvent, step?: string): this {
		const task = step ?? ('task' in event.data && typeof event.data.task === 'string' ? event.data.task : undefined);
		const lane = task?.startsWith('2A') ? 'A' : task?.startsWith('2B') ? 'B' : undefined;
		this.events.push({
			...event,
			v: 1,
			seq: this.events.length + 1,
			wall: this.atMs,
			mono: this.atMs - startMs,
			boot: 'scenario',
			run: runId('7f3a91c2'),
			epoch: 1,
			actor: 'test_operator',
			...(task === undefined ? {} : {step: taskId(task)}),
			...(lane === undefined ? {} : {lane}),
			prevHash: '',
			hash: '',
		});
		return this;
	}

	start(): this {
		return this.add({type: 'run.started', data: {
			run: runId('7f3a91c2'), command: 'rehearse', version: '1.0.0',
			target: {kind: 'embedded', project: 'of-scheduler-proj', dataset: 'eros_scheduling_brain', location: 'US', timeZone: 'America/Los_Angeles'},
			window: windowSpec, seed: 1, speed: 60, windowEndsAtMs: startMs + 6 * 3_600_000, costCapMicros: 20_000_000, stagingDataset: 'eros_scheduling_brain_staging_7f3a91c2', artifacts: '/state/runs/7f3a91c2/artifacts',
		}});
	}

	begin(task: string, attempt = 1): this {
		return this.add({type: 'step.started', data: {task: taskId(task), attempt}});
	}

	pass(task: string, durationMs: number, summary: string): this {
		for (const phase of windowSpec.phases) {
			for (const criterion of phase.tasks.find(({id}) => id === task)?.criteria ?? []) {
				this.add({type: 'criterion.decided', data: {task: taskId(task), criterion: criterion.id, verdict: {kind: 'auto', evidence: 'read back, equal'}}});
			}
		}

		return this.wait(durationMs).add({type: 'step.verifying', data: {task: taskId(task)}}).add({type: 'step.passed', data: {task: taskId(task), summary, durationMs}});
	}

	/** Begins and passes. */
	done(task: string, durationMs: number, summary: string): this {
		return this.begin(task).pass(task, durationMs, summary);
	}

	log(task: string, text: string, level: 'info' | 'warning' | 'error' = 'info'): this {
		return this.add({type: 'log.written', data: {level, text}}, task);
	}
}
