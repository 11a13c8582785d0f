// A promise that is settled from outside.

export type Settleable<Value> = {readonly promise: Promise<Value>; readonly resolve: (value: Value) => void};

/** A promise and what resolves it; later calls change nothing. */
export const settleable = <Value>(): Settleable<Value> => {
	let settle: (value: Value) => void = () => undefined;
	const promise = new Promise<Value>(resolve => {
		settle = resolve;
	});
	return {promise, resolve: value => settle(value)};
};
