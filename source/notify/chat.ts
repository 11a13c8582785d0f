// A chat channel behind an incoming webhook.
import {IncomingWebhook} from '@slack/webhook';
import type {Message} from '../ports/outside.js';
import {DeliveryError, type Channel} from './channel.js';
import {withoutSecrets} from './secrets.js';

const timeLimitMs = 15_000;

/** An HTTP answer means that the message was refused; no answer leaves it open, unless nothing was listening. */
const isKnownUndelivered = (error: unknown): boolean => {
	const {code, original} = error as {readonly code?: string; readonly original?: {readonly code?: string}};
	return code === 'slack_webhook_http_error' || ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'].includes(original?.code ?? '');
};

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
				const reason = error instanceof Error ? error.message : String(error);
				throw new DeliveryError(`The chat did not take the message: ${withoutSecrets(reason, [webhookUrl, new URL(webhookUrl).pathname])}`, !isKnownUndelivered(error), error);
			}
		},
	};
};
