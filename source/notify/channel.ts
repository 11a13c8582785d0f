// A way to reach people. Delivery either gives a receipt or throws DeliveryError, which says whether it may have arrived.
import type {Message} from '../ports/outside.js';

export type Channel = {
	readonly kind: Message['channel'];
	/** Resolves with a receipt: the server's answer. */
	readonly deliver: (message: Message) => Promise<string>;
};

export class DeliveryError extends Error {
	/** True when the message may have arrived although no answer did: it must not be sent again. */
	readonly mayHaveArrived: boolean;

	constructor(message: string, mayHaveArrived: boolean, cause?: unknown) {
		super(message, {cause});
		this.name = 'DeliveryError';
		this.mayHaveArrived = mayHaveArrived;
	}
}
