// The mutants, each as a suite of the tests that should notice it. All share one warehouse: before each suite its tables are
// emptied and what differs from the deployed text is deployed again, so that a mutant costs its tests and little more.
// The same tests run once before on the text as it stands: what is red then is no catch.
// Started by test/sql/mutations.mjs; the default run does not include this file.
import path from 'node:path';
import process from 'node:process';
import {afterEach, beforeAll, beforeEach, describe} from 'vitest';
import {monday, readObjects, type Mutant, type Sql} from '../support.js';
import {mutations} from './list.js';
import type {Mutation} from './mutation.js';

let shared: Sql | undefined;
let seeds = '';
const deployed = new Map<string, string>();

const reset = async (sql: Sql): Promise<void> => {
	await sql.drive.set(monday);
	const objects = await readObjects();
	if (seeds === '') {
		const tables = await sql.rows<{table_name: string}>('SELECT table_name FROM eros.INFORMATION_SCHEMA.TABLES WHERE table_type = \'BASE TABLE\'');
		seeds = tables.map(({table_name: name}) => `DELETE FROM eros.${name} WHERE TRUE;`).join('\n');
	}

	await sql.rows(seeds);
	for (const object of objects) {
		// A table's file fills it as well: those that do are asked again.
		if (deployed.get(object.name) !== object.sql || (object.kind === 'table' && object.sql.includes('MERGE'))) {
			await sql.rows(object.sql);
			deployed.set(object.name, object.sql);
		}
	}
};

/** Tests that read the job history, which nothing empties: each of their suites has a warehouse of its own. */
const readingJobs = new Set(['monitoring', 'reports', 'job-history', 'time-zones']);

const activate = (mutation: Mutation | undefined, test: string): void => {
	const mutant: Mutant = {
		read(file, text) {
			if (file !== mutation?.file) {
				return text;
			}

			if (text.split(mutation.standing).length !== 2) {
				throw new Error('MUTATION: the text does not stand there exactly once');
			}

			return text.replace(mutation.standing, () => mutation.broken);
		},
		async start(fresh) {
			try {
				if (readingJobs.has(test)) {
					return await fresh();
				}

				if (shared === undefined) {
					const read = mutant.read;
					(globalThis as {erosMutant?: Mutant}).erosMutant = {...mutant, read: (_, text) => text};
					shared = await fresh();
					for (const object of await readObjects()) {
						deployed.set(object.name, object.sql);
					}

					(globalThis as {erosMutant?: Mutant}).erosMutant = {...mutant, read};
				}

				await reset(shared);
			} catch (error) {
				throw new Error(`MUTATION: ${error instanceof Error ? error.message : String(error)}`);
			}

			return {...shared, close: async () => undefined};
		},
	};
	(globalThis as {erosMutant?: Mutant}).erosMutant = mutant;
};

const wanted = mutations.filter(({rule, file}) => `${rule} ${file}`.includes(process.env['EROS_MUTATIONS'] ?? ''));

/** A suite of the tests of a file, or of those with a name, under a mutation or none. */
const declare = (title: string, {test, name}: Pick<Mutation, 'test' | 'name'>, mutation: Mutation | undefined, id: string): void => {
	describe(title, async () => {
		let isCaught = false;
		beforeEach(context => {
			activate(mutation, test);
			if ((mutation !== undefined && isCaught) || (name !== undefined && !context.task.fullName.replace(title, '').includes(name))) {
				context.skip();
			}
		});
		afterEach(context => {
			isCaught ||= context.task.result?.state === 'fail';
		});
		beforeAll(() => {
			activate(mutation, test);
		});
		await import(/* @vite-ignore */ path.join(import.meta.dirname, `../${test}.test.ts?mutant=${id}`));
	});
};

const controlled = new Set<string>();
for (const [index, mutation] of wanted.entries()) {
	const tests = `${mutation.test} | ${mutation.name ?? 'all'}`;
	if (!controlled.has(tests)) {
		controlled.add(tests);
		declare(`without a mutation | ${tests}`, mutation, undefined, `control${index}`);
	}

	declare(`${mutation.file} | ${mutation.rule}`, mutation, mutation, String(index));
}
