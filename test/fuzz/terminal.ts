// A terminal with a view of a run behind it: bytes through the real decoder, router and store, as the mounted screen
// hands them on. It draws nothing.
import {createAppStore, type AppStore} from '../../source/store/app-store.js';
import type {Intent} from '../../source/domain/intents.js';
import type {Session} from '../../source/ports/session.js';
import type {Command} from '../../source/tui/input/command.js';
import {KeyDecoder, type Input} from '../../source/tui/input/decode-keys.js';
import {routeInput} from '../../source/tui/input/route-input.js';
import type {ManualPace} from '../support/manual-pace.js';

/** A lone Esc is told from the start of a sequence after this long. */
const escapeMs = 20;

export type TerminalOptions = {readonly isReadOnly?: boolean; readonly view?: string};

export class Terminal {
	readonly store: AppStore;
	/** What this view asked of the run. */
	readonly intents: Intent[] = [];
	readonly #session: Pick<Session, 'dispatch'>;
	readonly #pace: ManualPace;
	readonly #decoder = new KeyDecoder();
	#escape: Disposable | undefined;
	#hasLeft = false;

	constructor(session: Pick<Session, 'dispatch' | 'subscribe' | 'state'>, pace: ManualPace, options: TerminalOptions = {}) {
		this.#session = session;
		this.#pace = pace;
		this.store = createAppStore({source: session, pace, size: {columns: 100, rows: 30}, ...options});
	}

	/** The operator left this view; keys go nowhere. */
	get hasLeft(): boolean {
		return this.#hasLeft;
	}

	/** Takes one chunk of bytes, as a read of the terminal gives it. */
	press(chunk: string): void {
		this.#forget();
		this.#take(this.#decoder.push(chunk));
		if (this.#decoder.isWaiting) {
			this.#escape = this.#pace.every(escapeMs, () => {
				this.#forget();
				this.#take(this.#decoder.flush());
			});
		}
	}

	close(): void {
		this.#forget();
		this.store[Symbol.dispose]();
	}

	#forget(): void {
		this.#escape?.[Symbol.dispose]();
		this.#escape = undefined;
	}

	#take(inputs: readonly Input[]): void {
		for (const input of inputs) {
			if (this.#hasLeft) {
				return;
			}

			this.store.flush();
			for (const command of routeInput(this.store.getSnapshot(), input)) {
				this.#carryOut(command);
			}
		}
	}

	#carryOut(command: Command): void {
		switch (command.type) {
			case 'view': {
				this.store.change(command.action);
				break;
			}

			case 'intent': {
				this.intents.push(command.intent);
				this.#session.dispatch(command.intent);
				break;
			}

			case 'leave': {
				this.#hasLeft = true;
				break;
			}

			default: {
				// The others touch the terminal only.
				break;
			}
		}
	}
}
