// GoogleSQL held against ZetaSQL: its recorded verdict on every case, and a floor under the messages that are the same to the letter.
import {readdirSync, readFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import {analyzeScript, GoogleSqlError, parseScript} from '../../source/googlesql/index.js';
import {MemoryCatalog} from '../googlesql/support/memory-catalog.js';
import {deviations} from './deviations.js';

type Verdict = {readonly sql: string; readonly ok: boolean; readonly message?: string};

const folder = new URL('verdicts/', import.meta.url);
const verdicts: readonly Verdict[] = readdirSync(folder).flatMap(name => readFileSync(new URL(name, folder), 'utf8').split('\n').filter(Boolean).map(line => JSON.parse(line) as Verdict));
const catalog = new MemoryCatalog(readFileSync(new URL('setup.sql', import.meta.url), 'utf8'));

/** Our first refusal; undefined when the case is accepted. */
function refusalOf(sql: string): string | undefined {
	try {
		return analyzeScript(parseScript(sql).statements, catalog.options(sql))[0]?.message;
	} catch (error) {
		if (error instanceof GoogleSqlError) return error.message;
		throw error;
	}
}

test('accepts what ZetaSQL accepts and refuses what it refuses, but for the named deviations', () => {
	const different = verdicts.filter(({sql, ok}) => (refusalOf(sql) === undefined) !== ok).map(({sql}) => sql);
	expect(different.filter(sql => deviations[sql] === undefined)).toEqual([]);
	expect(Object.keys(deviations).filter(sql => !different.includes(sql))).toEqual([]);
	expect(verdicts.length).toBeGreaterThan(880);
});

test('most refusals carry the words and the place of ZetaSQL', () => {
	const refused = verdicts.filter(({ok, sql}) => !ok && deviations[sql] === undefined);
	const identical = refused.filter(({sql, message}) => refusalOf(sql) === message);
	expect(identical.length / refused.length).toBeGreaterThan(0.7);
});
