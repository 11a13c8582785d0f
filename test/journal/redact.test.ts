// No secret reaches the file, in whatever spelling it travels.
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {runId} from '../../source/domain/ids.js';
import {createSystemClock} from '../../source/host/system-clock.js';
import {isProcessAlive, thisProcess} from '../../source/host/process-identity.js';
import {openJournal, readJournalBytes} from '../../source/journal/index.js';
import {createRedactor} from '../../source/journal/redact.js';
import {resolveSettings, secretSettings, secretsOf, type Settings} from '../../source/settings/index.js';

const whole = fc.string({unit: 'grapheme', minLength: 4, maxLength: 24});
/** A secret with letters, marks, quotes, slashes, line breaks and other scripts in it; the middle makes it one that nothing else contains. */
const aSecret = fc.tuple(whole, whole).map(([before, after]) => `${before}S3cr/t"\\+ é\n${after}`);

const escaped = (text: string): string => JSON.stringify(text).slice(1, -1);
const spellings: readonly ((secret: string) => string)[] = [
	secret => secret,
	escaped,
	secret => escaped(escaped(secret)),
	encodeURIComponent,
	secret => encodeURIComponent(secret).replaceAll(/%[\dA-F]{2}/g, code => code.toLowerCase()),
	encodeURI,
	secret => new URLSearchParams({key: secret}).toString().slice(4),
	secret => escaped(encodeURIComponent(secret)),
	secret => escaped(secret).replaceAll('/', String.raw`\/`),
	secret => Buffer.from(secret).toString('base64').replace(/=+$/, ''),
];

const aText = (secrets: readonly string[]): fc.Arbitrary<string> =>
	fc.array(fc.oneof(fc.string({unit: 'grapheme', maxLength: 12}), fc.tuple(fc.constantFrom(...secrets), fc.constantFrom(...spellings)).map(([secret, spell]) => spell(secret))), {minLength: 1, maxLength: 6}).map(parts => parts.join(''));

const aCase = fc.array(aSecret, {minLength: 1, maxLength: 3}).chain(secrets => fc.tuple(fc.constant(secrets), fc.array(fc.oneof(aText(secrets), fc.record({deep: aText(secrets), list: fc.array(aText(secrets), {maxLength: 3}), count: fc.nat()}), fc.dictionary(aText(secrets), fc.constant('value'), {maxKeys: 2})), {minLength: 1, maxLength: 4})));

describe('the redactor', () => {
	it('leaves no spelling of a secret in any text, key or number, and still writes JSON', () => {
		fc.assert(fc.property(aCase, ([secrets, data]) => {
			const clean = createRedactor(secrets)(structuredClone<unknown>(data));
			const written = JSON.stringify(clean);
			expect(JSON.parse(written)).toEqual(clean);
			for (const secret of secrets) {
				for (const spell of spellings) {
					expect(written).not.toContain(spell(secret));
					expect(written).not.toContain(escaped(spell(secret)));
				}
			}
		}), {numRuns: 500, seed: 3});
	});

	it('hides a number that holds a secret, and leaves other data as it is', () => {
		const data = {count: 12, none: null, flag: true, list: [1, 'two'], code: 9_481_233};
		expect(createRedactor(['4812'])(data)).toEqual({...data, code: '(hidden)'});
		expect(createRedactor(['abc'])({text: 'abc'})).toEqual({text: 'abc'});
	});

	it('hides what a key calls a secret', () => {
		expect(createRedactor()({headers: {authorization: 'x', accept: 'y'}, token: 'z'})).toEqual({headers: {authorization: '(hidden)', accept: 'y'}, token: '(hidden)'});
	});
});

describe('a setting that is marked secret', () => {
	it('is known to the redactor, whichever it is', () => {
		expect(secretSettings.length).toBeGreaterThan(0);
		const values = Object.fromEntries(secretSettings.map((name, index) => [name, `https://secret.example/${index}/hidden-part`])) as unknown as Settings;
		expect(secretsOf(values)).toHaveLength(secretSettings.length);
	});

	it('never stands in the file of a journal that was opened with the settings', async () => {
		const webhook = 'https://chat.example/hook/T0/B0/wEbHoOk-s3cret?x=1&y="2"';
		const settings = resolveSettings({flags: {}, env: {EROS_CHAT_WEBHOOK: webhook}, stored: {}});
		const folder = await mkdtemp(path.join(tmpdir(), 'eros-secret-'));
		const file = path.join(folder, 'journal.ndjson');
		const journal = await openJournal({path: file, run: runId('7f3a91c2'), clock: createSystemClock(), writer: thisProcess(), isAlive: isProcessAlive, actor: `hook of ${webhook}`, secrets: secretsOf(settings)});
		await Promise.all(spellings.map(async spell => journal.append({type: 'log.written', data: {level: 'error', text: `POST ${spell(webhook)} was answered 403: {"url":"${spell(webhook)}"}`}})));
		await journal.close();
		const bytes = await readFile(file);
		expect(readJournalBytes(bytes).events).toHaveLength(spellings.length);
		for (const spell of spellings) {
			expect(bytes.toString()).not.toContain(spell(webhook));
		}

		expect(bytes.toString()).not.toContain('wEbHoOk');
		await rm(folder, {recursive: true});
	});
});
