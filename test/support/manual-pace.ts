// Real time for tests: it stands still until told to move, and fires what is due on the way.
import type {Pace} from '../../source/store/app-store.js';

export class ManualPace implements Pace {
	#nowMs = 0;
	readonly #timers = new Set<{dueMs: number; readonly ms: number; readonly tick: () => void}>();

	readonly monotonic = (): number => this.#nowMs;

	readonly every = (ms: number, tick: () => void): Disposable => {
		const timer = {dueMs: this.#nowMs + ms, ms, tick};
		this.#timers.add(timer);
		return {[Symbol.dispose]: () => {
			this.#timers.delete(timer);
		}};
	};

	get timers(): number {
		return this.#timers.size;
	}

	advance(ms: number): void {
		const end = this.#nowMs + ms;
		for (;;) {
			const next = [...this.#timers].filter(timer => timer.dueMs <= end).sort((a, b) => a.dueMs - b.dueMs)[0];
			if (!next) {
				break;
			}

			this.#nowMs = next.dueMs;
			next.dueMs += next.ms;
			next.tick();
		}

		this.#nowMs = end;
	}
}
