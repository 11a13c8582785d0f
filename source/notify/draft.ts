// A message as a file that a person can send: one for a mail program, or text to paste into a chat.
import path from 'node:path';
import type {Files, Message} from '../ports/outside.js';

const folded = (header: string): string => header.replaceAll(/[\r\n]+/g, ' ');

const encodedHeader = (text: string): string => (/^[\u0020-\u007E]*$/.test(text) ? folded(text) : `=?utf-8?B?${Buffer.from(folded(text)).toString('base64')}?=`);

/** RFC 5322 text with attachments as MIME parts; opens in a mail program as a draft. */
export const toEml = (message: Message): string => {
	const boundary = `eros-${message.key.slice(0, 24).replaceAll(/[^\w-]/g, '')}`;
	const part = (type: string, content: string, disposition = ''): string =>
		[`--${boundary}`, `Content-Type: ${type}; charset=utf-8`, 'Content-Transfer-Encoding: base64', ...(disposition === '' ? [] : [disposition]), '', ...(Buffer.from(content).toString('base64').match(/.{1,76}/g) ?? [''])].join('\r\n');
	return [
		`To: ${message.to.map(folded).join(', ')}`,
		`Subject: ${encodedHeader(message.subject)}`,
		`X-EROS-Key: ${folded(message.key)}`,
		'X-Unsent: 1',
		'MIME-Version: 1.0',
		`Content-Type: multipart/mixed; boundary="${boundary}"`,
		'',
		part('text/plain', message.text),
		...(message.attachments ?? []).map(({name, content, type}) => part(type, content, `Content-Disposition: attachment; filename="${folded(name).replaceAll('"', '')}"`)),
		`--${boundary}--`,
		'',
	].join('\r\n');
};

/** Writes the draft; the same message has the same file. Returns its path. */
export const writeDraft = async (message: Message, folder: string, files: Files): Promise<string> => {
	const name = `${message.channel}-${message.subject.toLowerCase().replaceAll(/[^a-z\d]+/g, '-').replaceAll(/^-|-$/g, '').slice(0, 40)}-${message.key.slice(0, 8).replaceAll(/[^\w-]/g, '')}`;
	if (message.channel === 'mail') {
		const file = path.join(folder, `${name}.eml`);
		await files.write(file, toEml(message), 0o600);
		return file;
	}

	const file = path.join(folder, `${name}.txt`);
	await files.write(file, `to: ${message.to.join(', ')}\n\n*${message.subject}*\n${message.text}\n`, 0o600);
	for (const {name: attachment, content} of message.attachments ?? []) {
		await files.write(path.join(folder, `${name}-${path.basename(attachment)}`), content, 0o600);
	}

	return file;
};
