// Sends each message once: through its channel, or as a draft file where there is no channel or it fails.
import path from 'node:path';
import type {Clock} from '../ports/clock.js';
import type {Files, Message, Notifier, Receipt} from '../ports/outside.js';
import {DeliveryError, type Channel} from './channel.js';
import {createChatChannel} from './chat.js';
import {writeDraft} from './draft.js';
import {createMailChannel, type MailSettings} from './mail.js';
import {openOutbox, type Outbox, type OutboxLine} from './outbox.js';
import {withoutSecrets} from './secrets.js';

export type NotifierOptions = {
	/** Folder of the run: the outbox file and the drafts are in it. */
	readonly folder: string;
	readonly files: Files;
	readonly clock: Pick<Clock, 'now'>;
	readonly mail?: MailSettings | undefined;
	/** A secret. */
	readonly chatWebhook?: string | undefined;
	/** More texts that must not be written down: tokens, passwords. */
	readonly secrets?: readonly string[];
};

const receiptOf = (line: OutboxLine): Receipt | undefined =>
	line.state === 'sent' ? {state: 'sent', receipt: line.receipt} : line.state === 'drafted' ? {state: 'drafted', path: line.path, reason: line.reason} : undefined;

const clean = (message: Message, secrets: readonly (string | undefined)[]): Message => ({
	...message,
	subject: withoutSecrets(message.subject, secrets),
	text: withoutSecrets(message.text, secrets),
	...(message.attachments && {attachments: message.attachments.map(attachment => ({...attachment, content: withoutSecrets(attachment.content, secrets)}))}),
});

type Delivery = {readonly options: NotifierOptions; readonly outbox: Outbox; readonly channels: readonly Channel[]};

const draft = async (message: Message, reason: string, {options, outbox}: Delivery): Promise<Receipt> => {
	const file = await writeDraft(message, path.join(options.folder, 'drafts'), options.files);
	await outbox.append({state: 'drafted', key: message.key, path: file, reason, atMs: options.clock.now()});
	return {state: 'drafted', path: file, reason};
};

const deliver = async (message: Message, delivery: Delivery): Promise<Receipt> => {
	const {options, outbox, channels} = delivery;
	const earlier = outbox.find(message.key);
	const known = earlier && receiptOf(earlier);
	if (known) {
		return known;
	}

	if (earlier?.state === 'sending') {
		return draft(message, 'an earlier attempt was cut off and may have arrived; look before you send this draft', delivery);
	}

	const channel = channels.find(({kind}) => kind === message.channel);
	if (!channel || message.to.length === 0) {
		return draft(message, channel ? 'nobody is named to send it to' : `no ${message.channel} channel is configured`, delivery);
	}

	await outbox.append({state: 'sending', key: message.key, channel: message.channel, to: [...message.to], subject: message.subject, atMs: options.clock.now()});
	try {
		const receipt = await channel.deliver(message);
		await outbox.append({state: 'sent', key: message.key, receipt, atMs: options.clock.now()});
		return {state: 'sent', receipt};
	} catch (error) {
		if (!(error instanceof DeliveryError)) {
			throw error;
		}

		const advice = error.mayHaveArrived ? '; it may have arrived, look before you send this draft' : '';
		await outbox.append({state: 'refused', key: message.key, reason: error.message, atMs: options.clock.now()});
		return draft(message, `${error.message}${advice}`, delivery);
	}
};

/** The notifier of a run. The same key never leaves twice, not even after the process was killed in between. */
export const createNotifier = async (options: NotifierOptions): Promise<Notifier> => {
	const outbox = await openOutbox(path.join(options.folder, 'outbox.ndjson'));
	const channels: readonly Channel[] = [...(options.mail ? [createMailChannel(options.mail)] : []), ...(options.chatWebhook === undefined ? [] : [createChatChannel(options.chatWebhook)])];
	const secrets = [options.mail?.password, options.chatWebhook, ...(options.secrets ?? [])];
	const pending = new Map<string, Promise<Receipt>>();
	return {
		async send(message) {
			const running = pending.get(message.key);
			if (running) {
				return running;
			}

			const delivery = deliver(clean(message, secrets), {options, outbox, channels});
			pending.set(message.key, delivery);
			try {
				return await delivery;
			} finally {
				pending.delete(message.key);
			}
		},
	};
};
