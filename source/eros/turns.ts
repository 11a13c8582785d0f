// One after the other: calls that would only abort each other wait for their turn instead.

/** Runs the work when all work given before has ended, however that ended. */
export type Turns = <Result>(work: () => Promise<Result>) => Promise<Result>;

export const createTurns = (): Turns => {
	let last: Promise<unknown> = Promise.resolve();
	return async work => {
		const turn = last.then(work);
		last = turn.catch(() => {});
		return turn;
	};
};
