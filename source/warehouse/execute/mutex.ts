// Work that has to be done one after the other.

export class Mutex {
	#tail: Promise<unknown> = Promise.resolve();

	/** Runs when everything asked before has ended, whatever its end was. */
	async run<Value>(work: () => Promise<Value>): Promise<Value> {
		const turn = this.#tail.then(work, work);
		this.#tail = turn.catch(() => undefined);
		return turn;
	}
}
