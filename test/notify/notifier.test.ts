import {appendFile, mkdtemp, readFile, rm} from 'node:fs/promises';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {createNotifier, type NotifierOptions} from '../../source/notify/notifier.js';
import {messageKey} from '../../source/notify/message-key.js';
import {openOutbox} from '../../source/notify/outbox.js';
import type {Message} from '../../source/ports/outside.js';
import {createMemoryFiles, type MemoryFiles} from '../eros/support/memory-files.js';
import {startSmtpServer, type SmtpServer} from './support/smtp-server.js';

const message: Message = {
	key: messageKey({run: '7f3a91c2', template: 'window', version: 1, recipients: ['oncall@example.com']}),
	channel: 'mail',
	to: ['oncall@example.com', 'lead@example.com'],
	subject: 'EROS window Monday 09:00 – 15:00',
	text: 'The window opens at 09:00.\n.\nA dot alone, and ümlauts 🔥',
	attachments: [{name: 'window.ics', content: 'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n', type: 'text/calendar'}],
};

let folder: string;
let smtp: SmtpServer;
let files: MemoryFiles;
beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'eros-notify-'));
	smtp = await startSmtpServer();
	files = createMemoryFiles();
});
afterEach(async () => {
	await smtp.close();
	await rm(folder, {recursive: true, force: true});
});

const create = async (overrides: Partial<NotifierOptions> = {}) => createNotifier({folder, files, clock: {now: () => 0}, mail: {host: '127.0.0.1', port: smtp.port, from: 'eros@example.com'}, ...overrides});
const draftText = (file: string): string => new TextDecoder().decode(files.contents.get(file));

describe('mail', () => {
	it('goes to every recipient with text and attachment, and the receipt is the server’s answer', async () => {
		const notifier = await create();
		const receipt = await notifier.send(message);
		expect(receipt).toMatchObject({state: 'sent', receipt: expect.stringContaining('250 2.0.0 queued as 1')});
		const [mail] = smtp.received;
		expect(mail).toMatchObject({from: 'eros@example.com', to: ['oncall@example.com', 'lead@example.com']});
		expect(mail!.data).toMatch(new RegExp(`^X-EROS-Key:\\s+${message.key}`, 'im'));
		expect(mail!.data).toContain('window.ics');
	});

	it('is never sent twice: not at once, not later, not by another process', async () => {
		const notifier = await create();
		const [first, second] = await Promise.all([notifier.send(message), notifier.send(message)]);
		expect(second).toEqual(first);
		expect(await notifier.send(message)).toEqual(first);
		expect(await (await create()).send(message)).toEqual(first);
		expect(smtp.received).toHaveLength(1);
	});

	it('becomes a draft when the server refuses it or nothing listens, and stays one', async () => {
		smtp.behaviour = 'refuse';
		const refused = await (await create()).send(message);
		expect(refused).toMatchObject({state: 'drafted', reason: expect.stringMatching(/did not take the message: .*554/)});
		smtp.behaviour = 'accept';
		expect(await (await create()).send(message)).toEqual(refused);
		const {port} = smtp;
		await smtp.close();
		const unreachable = await (await create({mail: {host: '127.0.0.1', port, from: 'eros@example.com'}})).send({...message, key: 'other-key'});
		expect(unreachable).toMatchObject({state: 'drafted', reason: expect.not.stringContaining('may have arrived')});
	});

	it('is not sent again when the line drops after it was handed over', async () => {
		smtp.behaviour = 'drop';
		const receipt = await (await create()).send(message);
		expect(receipt).toMatchObject({state: 'drafted', reason: expect.stringContaining('may have arrived')});
		smtp.behaviour = 'accept';
		expect(await (await create()).send(message)).toEqual(receipt);
		expect(smtp.received).toHaveLength(1);
	});

	it('is not sent again after the process was killed in the middle', async () => {
		const outbox = await openOutbox(path.join(folder, 'outbox.ndjson'));
		await outbox.append({state: 'sending', key: message.key, channel: 'mail', to: [...message.to], subject: message.subject, atMs: 0});
		await appendFile(path.join(folder, 'outbox.ndjson'), '{"state":"sent","key":"');
		const receipt = await (await create()).send(message);
		expect(receipt).toMatchObject({state: 'drafted', reason: expect.stringContaining('cut off')});
		expect(smtp.received).toEqual([]);
		expect((await openOutbox(path.join(folder, 'outbox.ndjson'))).lines().map(line => line.state)).toEqual(['sending', 'drafted']);
	});
});

describe('drafts', () => {
	it('open in a mail program with subject, text and attachment', async () => {
		const receipt = await (await create({mail: undefined})).send(message);
		expect(receipt).toMatchObject({state: 'drafted', reason: 'no mail channel is configured', path: expect.stringMatching(/\.eml$/)});
		const text = draftText((receipt as {path: string}).path);
		expect(text).toContain('To: oncall@example.com, lead@example.com\r\n');
		expect(text).toContain('X-Unsent: 1\r\n');
		const [, encoded] = /Subject: =\?utf-8\?B\?(.*?)\?=/.exec(text)!;
		expect(Buffer.from(encoded!, 'base64').toString()).toBe(message.subject);
		const parts = text.split('base64\r\n').slice(1).map(part => Buffer.from(part.split('\r\n--')[0]!.replace(/^Content-Disposition.*\r\n/, ''), 'base64').toString());
		expect(parts).toEqual([message.text, message.attachments![0]!.content]);
	});

	it('say when nobody is named', async () => {
		expect(await (await create()).send({...message, to: []})).toMatchObject({state: 'drafted', reason: 'nobody is named to send it to'});
	});

	it('of a chat are text to paste', async () => {
		const receipt = await (await create()).send({...message, channel: 'chat'});
		expect(receipt).toMatchObject({state: 'drafted', reason: 'no chat channel is configured'});
		expect(draftText((receipt as {path: string}).path)).toContain(`*${message.subject}*\n${message.text}`);
	});

	it('can’t smuggle headers in', async () => {
		const receipt = await (await create({mail: undefined})).send({...message, subject: 'x\r\nBcc: someone@example.com'});
		expect(draftText((receipt as {path: string}).path)).not.toMatch(/^Bcc:/m);
	});
});

describe('chat', () => {
	const startWebhook = async (status: number) => {
		const bodies: string[] = [];
		const server = createServer((request, response) => {
			let text = '';
			request.on('data', chunk => {
				text += String(chunk);
			});
			request.on('end', () => {
				bodies.push(text);
				response.statusCode = status;
				response.end(status === 200 ? 'ok' : 'invalid_token');
			});
		});
		await new Promise<void>(resolve => {
			server.listen(0, '127.0.0.1', resolve);
		});
		return {bodies, server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/services/T00/B00/s3cr3tpath`};
	};

	it('posts to the webhook once', async () => {
		const {bodies, server, url} = await startWebhook(200);
		const notifier = await create({chatWebhook: url});
		const receipt = await notifier.send({...message, channel: 'chat'});
		await notifier.send({...message, channel: 'chat'});
		server.close();
		expect(receipt).toEqual({state: 'sent', receipt: 'webhook answered ok'});
		expect(bodies.map(body => (JSON.parse(body) as {text: string}).text)).toEqual([`*${message.subject}*\n${message.text}\nattached to the mail: window.ics`]);
	});

	it('becomes a text to paste when nobody listens at the webhook, and stays one', async () => {
		const {server, url} = await startWebhook(200);
		await new Promise(resolve => {
			server.close(resolve);
		});
		const notifier = await create({chatWebhook: url});
		const receipt = await notifier.send({...message, channel: 'chat'});
		expect(receipt).toMatchObject({state: 'drafted', reason: expect.stringMatching(/^The chat did not take the message: .*ECONNREFUSED/) as string});
		expect(draftText((receipt as {path: string}).path)).toContain(message.text);
		expect(await notifier.send({...message, channel: 'chat'})).toEqual(receipt);
	});

	it('keeps the address out of every text', async () => {
		const {server, url} = await startWebhook(403);
		const notifier = await create({chatWebhook: url});
		const receipt = await notifier.send({...message, channel: 'chat', text: `Post to ${url} by hand`});
		server.close();
		expect(receipt).toMatchObject({state: 'drafted', reason: expect.not.stringContaining('may have arrived')});
		expect(JSON.stringify(receipt)).not.toContain('s3cr3tpath');
		expect(draftText((receipt as {path: string}).path)).toContain('Post to (hidden) by hand');
		expect(await readFile(path.join(folder, 'outbox.ndjson'), 'utf8')).not.toContain('s3cr3tpath');
	});
});

describe('keys', () => {
	it('depend on run, template, version and recipients in any order', () => {
		const identity = {run: 'a', template: 't', version: 1, recipients: ['x', 'y']};
		expect(messageKey(identity)).toBe(messageKey({...identity, recipients: ['y', 'x']}));
		expect(new Set([messageKey(identity), messageKey({...identity, run: 'b'}), messageKey({...identity, template: 'u'}), messageKey({...identity, version: 2}), messageKey({...identity, recipients: ['x']})]).size).toBe(5);
	});

	it('an outbox that was tampered with is not read', async () => {
		await appendFile(path.join(folder, 'outbox.ndjson'), 'nonsense\n');
		await expect(create()).rejects.toThrow(/outbox\.ndjson:1 is not a line/);
	});
});
