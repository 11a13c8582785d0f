// What comes in from outside while a run goes on: each intent is acted on, or refused with a reason in the journal.
import {dependentsOf} from '../domain/graph.js';
import type {Intent, IntentType} from '../domain/intents.js';
import type {TaskSpec} from '../domain/window.js';
import type {CarryOut} from './carry-out.js';
import type {Ending} from './ending.js';
import {failureOf} from './job-failure.js';
import type {Scheduler} from './scheduler.js';
import type {RunEnvironment} from './step-context.js';

export type IntakeOptions = {
	readonly environment: RunEnvironment;
	readonly specs: readonly TaskSpec[];
	readonly scheduler: Scheduler;
	readonly reopen: CarryOut['reopen'];
	/** Who acts when an intent does not say. */
	readonly actor: string;
	/** Asks for the phrase while the run goes on; resolves with whether it was typed. */
	readonly proposeRollback: (reason: string, components: readonly string[] | 'all', refuse: (reason: string) => void) => Promise<boolean>;
	readonly isEnding: () => boolean;
	/** The last event is written, or about to be. */
	readonly isOver: () => boolean;
	readonly endWith: (how: Ending) => void;
	readonly setPaused: (isPaused: boolean) => void;
	/** Begins the wind-down. */
	readonly drain: (reason: string) => void;
	/** Aborts what runs; each job under way is cancelled by its id. */
	readonly stop: (reason: string) => void;
	readonly poke: () => void;
	readonly listeners: ReadonlyMap<IntentType, ReadonlySet<(intent: Intent) => void>>;
};

/** Takes intents of a run. */
export const createIntake = (options: IntakeOptions): ((intent: Intent, by?: string) => void) => {
	const {environment: {stream, questions}, specs, scheduler, reopen, endWith, poke} = options;

	const refuse = (intent: Intent, reason: string): void => stream.tell({type: 'intent.refused', data: {intent: intent.type, reason}});

	const propose = (intent: Intent, reason: string, components: readonly string[] | 'all'): void => {
		options.proposeRollback(reason, components, why => refuse(intent, why)).catch((error: unknown) => refuse(intent, failureOf(error).message));
	};

	const answer = (intent: Extract<Intent, {readonly question: string}>, by: string): void => {
		const question = stream.state().questions.find(({id}) => id === intent.question);
		questions.answer(intent, by);
		if (question?.kind === 'recommendation' && intent.type === 'choose' && intent.choice === 'roll-back') {
			const because = question.flags.filter(({state}) => state === 'breach' || state === 'question').map(({rule, detail}) => `${rule}: ${detail}`).join('; ');
			propose(intent, intent.reason ?? because, 'all');
		}
	};

	const dispatch = (intent: Intent, by = options.actor): void => {
		if (options.isOver()) {
			// The journal is closed; there is nothing left to act on.
			return;
		}

		switch (intent.type) {
			case 'pause':
			case 'unpause': {
				const isPaused = intent.type === 'pause';
				options.setPaused(isPaused);
				stream.tell({type: isPaused ? 'run.paused' : 'run.unpaused', data: {by}});
				poke();
				return;
			}

			case 'drain': {
				stream.tell({type: 'run.draining', data: {reason: `asked by ${by}`}});
				endWith({kind: 'drained', reason: 'nothing new was started, what ran has settled'});
				options.drain('the run is ending');
				return;
			}

			case 'cancel': {
				stream.tell({type: 'run.cancelling', data: {reason: `asked by ${by}`}});
				endWith({kind: 'cancelled', reason: 'running jobs were cancelled'});
				options.drain('the run is ending');
				options.stop('cancelled');
				return;
			}

			case 'request-rollback': {
				const {production} = stream.state();
				if (options.isEnding()) {
					refuse(intent, 'the run is ending; afterwards: eros-tui rollback');
					return;
				}

				if (production.kind === 'unchanged' || production.kind === 'rolling-back' || production.kind === 'rolled-back') {
					refuse(intent, production.kind === 'unchanged' ? 'production is unchanged' : 'production is being or has been rolled back');
					return;
				}

				propose(intent, intent.reason, intent.components);
				return;
			}

			case 'review': {
				const {monitor} = stream.state();
				if (monitor === undefined) {
					refuse(intent, 'the monitor has not started');
					return;
				}

				stream.tell({type: 'monitor.reviewed', data: {checkpoint: intent.checkpoint, by, note: intent.note, isAutomatic: false}});
				return;
			}

			case 'sample-now': {
				const listeners = options.listeners.get(intent.type);
				if (listeners === undefined || listeners.size === 0) {
					refuse(intent, 'the monitor is not running');
					return;
				}

				for (const listener of listeners) {
					listener(intent);
				}

				return;
			}

			case 'rerun': {
				const step = stream.state().steps.get(intent.task);
				if (step?.state.kind !== 'passed' || stream.state().production.kind !== 'unchanged') {
					refuse(intent, step?.state.kind === 'passed' ? 'production has been changed since' : `${intent.task} has not passed`);
					return;
				}

				const behind = dependentsOf(specs, intent.task);
				const busy = behind.find(id => scheduler.running().has(id));
				if (busy !== undefined) {
					refuse(intent, `${busy} is under way and stands on ${intent.task}; first let it end`);
					return;
				}

				reopen([intent.task, ...behind.filter(id => scheduler.isSettled(id))], `${intent.task} is run again`).then(poke, poke);
				return;
			}

			case 'ask-for-control':
			case 'hand-over': {
				refuse(intent, 'this run is driven by one process; there is nobody to pass it to');
				return;
			}

			default: {
				answer(intent, by);
			}
		}
	};

	return dispatch;
};
