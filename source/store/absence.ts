// What happened while nobody drove: from the moment a driving view left, or the run itself was interrupted, until now.
import type {JournaledEvent} from '../domain/events.js';
import type {TaskId} from '../domain/ids.js';
import type {ResumeReport} from '../domain/resume-report.js';

export type Absence = {
	readonly leftAtMs: number;
	readonly backAtMs: number;
	/** How it began: of a run as a participle (killed, suspended, stopped), of a screen the reason in the journal. */
	readonly how: string;
	/** The run stopped too and was resumed; otherwise only the screen was gone. */
	readonly isRunInterrupted: boolean;
	/** Steps that ended meanwhile, in order. */
	readonly settled: readonly {readonly task: TaskId; readonly isPassed: boolean; readonly summary: string; readonly atMs: number}[];
	readonly staled: readonly {readonly task: TaskId; readonly reason: string}[];
	readonly samples: number;
	/** Spans that the monitor did not see. */
	readonly blind: readonly {readonly fromMs: number; readonly toMs: number; readonly reason: string}[];
	/** What the engine found, in sentences; `report` says the same as data. */
	readonly findings: readonly string[];
	readonly report?: ResumeReport;
	/** The view that drives again; undefined until one does. */
	readonly backBy?: string;
};

type Open = Omit<Absence, 'backAtMs' | 'isRunInterrupted' | 'findings' | 'report' | 'backBy'>;

/** A shorter absence in which nothing happened is not worth a screen. */
const worthSayingMs = 60_000;

const open = (leftAtMs: number, how: string): Open => ({leftAtMs, how, settled: [], staled: [], samples: 0, blind: []});

const addTo = (away: Open, event: JournaledEvent): Open => {
	switch (event.type) {
		case 'step.passed': {
			return {...away, settled: [...away.settled, {task: event.data.task, isPassed: true, summary: event.data.summary, atMs: event.wall}]};
		}

		case 'step.failed': {
			return {...away, settled: [...away.settled, {task: event.data.task, isPassed: false, summary: event.data.failure.message, atMs: event.wall}]};
		}

		case 'step.staled': {
			return {...away, staled: [...away.staled, event.data]};
		}

		case 'monitor.sampled': {
			return {...away, samples: away.samples + 1};
		}

		case 'monitor.blinded': {
			return {...away, blind: [...away.blind, event.data]};
		}

		default: {
			return away;
		}
	}
};

/** Folds events into the last absence of a driver. */
export class AbsenceLog {
	#away: Open | undefined;
	#last: Absence | undefined;
	#driver: string | undefined;
	/** How the run's process ended, when it wrote that down. */
	#how: 'killed' | 'suspended' | 'stopped' = 'killed';

	/** The absence that ended last, until the next one begins. */
	get last(): Absence | undefined {
		return this.#last;
	}

	take(event: JournaledEvent): void {
		switch (event.type) {
			case 'view.left': {
				if (event.data.id === this.#driver) {
					this.#driver = undefined;
					this.#away = open(event.wall, event.data.reason);
					this.#last = undefined;
				}

				return;
			}

			case 'control.passed': {
				this.#driver = event.data.to;
				if (event.data.to !== undefined) {
					this.#return(event.wall, event.data.to);
				}

				return;
			}

			case 'run.suspended': {
				this.#how = 'suspended';
				return;
			}

			case 'run.finished': {
				this.#how = 'stopped';
				return;
			}

			case 'run.resumed': {
				const {lastSeenMs, findings, report} = event.data;
				const away = this.#away ?? open(lastSeenMs, this.#how);
				this.#away = undefined;
				this.#driver = undefined;
				this.#last = {...away, how: this.#how, backAtMs: event.wall, isRunInterrupted: true, findings, ...(report === undefined ? {} : {report})};
				this.#how = 'killed';
				return;
			}

			default: {
				this.#away &&= addTo(this.#away, event);
			}
		}
	}

	#return(atMs: number, by: string): void {
		const away = this.#away;
		this.#away = undefined;
		if (away && (away.settled.length > 0 || away.samples > 0 || atMs - away.leftAtMs >= worthSayingMs)) {
			this.#last = {...away, backAtMs: atMs, isRunInterrupted: false, findings: [], backBy: by};
		} else if (this.#last && this.#last.backBy === undefined) {
			this.#last = {...this.#last, backBy: by};
		}
	}
}
