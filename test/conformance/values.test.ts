// Values of the embedded warehouse held against those of Google's reference implementation, as they were recorded.
import {readdirSync, readFileSync} from 'node:fs';
import {afterAll, beforeAll, expect, it} from 'vitest';
import type {Cell} from '../../source/warehouse/contract.js';
import {openWarehouse, type Warehouse} from '../warehouse/language/support.js';

type Recorded = {readonly sql: string; readonly rows?: readonly (readonly Cell[])[]; readonly error?: string};

const folder = new URL('values/', import.meta.url);
const files = readdirSync(folder).filter(name => name.endsWith('.ndjson')).sort();
const recordedIn = (name: string): readonly Recorded[] => readFileSync(new URL(name, folder), 'utf8').split('\n').filter(Boolean).map(line => JSON.parse(line) as Recorded);

let warehouse: Warehouse;
beforeAll(async () => {
	warehouse = await openWarehouse();
});
afterAll(async () => {
	await warehouse.close();
});

/** The same to the last bit but one of a double: the two libraries of mathematics round the last. */
function isSame(ours: unknown, theirs: unknown): boolean {
	if (typeof ours === 'number' && typeof theirs === 'number') return Math.abs(ours - theirs) <= 2 * Number.EPSILON * Math.abs(theirs);
	if (Array.isArray(ours) && Array.isArray(theirs)) return ours.length === theirs.length && ours.every((cell, index) => isSame(cell, theirs[index]));
	return ours === theirs;
}

it.each(files)('%s', async name => {
	const different: unknown[] = [];
	let said = 0;
	const cases = recordedIn(name);
	for (const {sql, rows, error} of cases) {
		const answer = await warehouse.run(/^\s*(?:select|with|\()/i.test(sql) ? sql : `SELECT ${sql}`);
		const given = answer.result?.rows;
		const isRight = error === undefined
			// A value table is one column there, and its fields here.
			? isSame(given, rows) || isSame(given, rows?.map(row => row[0]))
			: answer.error !== undefined;
		if (!isRight) different.push({sql, recorded: rows ?? error, given: given ?? answer.error?.message});
		if (error !== undefined && answer.error?.message.replace(/ at \[\d+:\d+]$/, '') === error) said++;
	}

	expect(different).toEqual([]);
	const failing = cases.filter(({error}) => error !== undefined).length;
	expect(said / Math.max(failing, 1), 'share of errors in the words of the reference').toBeGreaterThanOrEqual(failing === 0 ? 0 : 0.5);
});
