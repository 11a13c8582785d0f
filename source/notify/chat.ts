// A chat channel behind an incoming webhook.
import {IncomingWebhook} from '@slack/webhook';
import type {Message} from '../ports/outside.js';
import {DeliveryError, type Channel} from './channel.js';
import {withoutSecrets} from './secrets.js';

const timeLimitMs = 15_000;

type Cause = {readonly code?: string; readonly original?: unknown; readonly cause?: unknown};

/** The codes of an error and of what is behind it, the outermost first. */
const codesOf = (error: unknown, depth = 5): readonly string[] => {
	if (typeof error !== 'object' || error === null || depth === 0) {
		return [];
	}

	const {code, original, cause} = error as Cause;
	return [...(typeof code === 'string' ? [code] : []), ...codesOf(original ?? cause, depth - 1)];
};

/** Nothing was listening, so nothing can have arrived. */
const unreached = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);

/** A chat channel. Attachments are named in the text: a webhook can't carry files. */
export const createChatChannel = (webhookUrl: string): Channel => {
	const webhook = new IncomingWebhook(webhookUrl, {timeout: timeLimitMs});
	return {
		kind: 'chat',
		async deliver({subject, text, attachments = []}: Message) {
			const files = attachments.map(({name}) => `\nattached to the mail: ${name}`).join('');
			try {
				const {text: answer} = await webhook.send({text: `*${subject}*\n${text}${files}`});
				return `webhook answered ${answer}`;
			} catch (error) {
				const codes = codesOf(error);
				const nobody = codes.find(code => unreached.has(code));
				const reason = nobody === undefined ? (error instanceof Error ? error.message : String(error)) : `nobody listens there (${nobody})`;
				// An HTTP answer means that the message was refused; no answer leaves it open.
				const mayHaveArrived = nobody === undefined && !codes.includes('slack_webhook_http_error');
				throw new DeliveryError(`The chat did not take the message: ${withoutSecrets(reason, [webhookUrl, new URL(webhookUrl).pathname])}`, mayHaveArrived, error);
			}
		},
	};
};
