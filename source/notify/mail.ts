// Mail over SMTP.
import {createTransport} from 'nodemailer';
import type {Message} from '../ports/outside.js';
import {DeliveryError, type Channel} from './channel.js';
import {withoutSecrets} from './secrets.js';

export type MailSettings = {
	readonly host: string;
	readonly port: number;
	readonly from: string;
	readonly user?: string;
	readonly password?: string;
	/** TLS from the first byte; otherwise STARTTLS is used when the server offers it. */
	readonly isSecure?: boolean;
};

/**
 * A refusing answer, a failed log-in or a connection that never stood. A line that drops later has the same code as one
 * that drops after the text was taken, so it stays open.
 */
const isKnownUndelivered = (error: unknown): boolean => {
	const {code, syscall, responseCode} = error as {readonly code?: string; readonly syscall?: string; readonly responseCode?: number};
	return responseCode !== undefined || syscall === 'connect' || ['EAUTH', 'EDNS', 'ETLS', 'EENVELOPE'].includes(code ?? '');
};

const timeLimitMs = 30_000;

/** A mail channel. The idempotency key travels as X-EROS-Key, so that a duplicate could be told apart in the mailbox. */
export const createMailChannel = (settings: MailSettings): Channel => ({
	kind: 'mail',
	async deliver(message: Message) {
		const transport = createTransport({
			host: settings.host,
			port: settings.port,
			secure: settings.isSecure ?? settings.port === 465,
			...(settings.user !== undefined && {auth: {user: settings.user, pass: settings.password ?? ''}}),
			connectionTimeout: timeLimitMs,
			greetingTimeout: timeLimitMs,
			socketTimeout: timeLimitMs,
		});
		try {
			const {response, messageId} = await transport.sendMail({
				from: settings.from,
				to: [...message.to],
				subject: message.subject,
				text: message.text,
				messageId: `<${message.key.replaceAll(/[^\w.-]/g, '-')}@eros-tui.invalid>`,
				headers: {'X-EROS-Key': message.key},
				attachments: (message.attachments ?? []).map(({name, content, type}) => ({filename: name, content, contentType: type})),
			});
			return `${response} ${messageId}`;
		} catch (error) {
			const text = error instanceof Error ? error.message : String(error);
			throw new DeliveryError(`The mail server ${settings.host}:${settings.port} did not take the message: ${withoutSecrets(text, [settings.password])}`, !isKnownUndelivered(error), error);
		} finally {
			transport.close();
		}
	},
});
