import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, it} from 'vitest';
import {fingerprintOf} from '../../source/objects/fingerprint.js';
import {emptyCatalog, type LiveCatalog} from '../../source/objects/live-catalog.js';
import {loadObjects} from '../../source/objects/load-objects.js';
import {retarget, type TargetNames} from '../../source/objects/names.js';
import {dependantsOf, sortByDependency} from '../../source/objects/order.js';
import {countActions, makePlan} from '../../source/objects/plan.js';
import {ObjectsError, renderTemplate, type SourceFile} from '../../source/objects/template.js';
import {formatDiff} from '../../source/objects/text-diff.js';

const names: TargetNames = {project: 'of-scheduler-proj', dataset: 'eros_scheduling_brain', location: 'US', timeZone: 'America/Los_Angeles'};
const root = path.resolve(import.meta.dirname, '../..');

const ownFiles = readdirSync(path.join(root, 'sql'), {recursive: true, encoding: 'utf8'})
	.filter(file => file.endsWith('.sql'))
	.map((file): SourceFile => ({path: `sql/${file.split(path.sep).join('/')}`, text: readFileSync(path.join(root, 'sql', file), 'utf8')}));

const table: SourceFile = {path: 'sql/tables/t.sql', text: '-- A table.\nCREATE TABLE IF NOT EXISTS `${dataset}.t` (a INT64, b STRING);\nALTER TABLE `${dataset}.t` ADD COLUMN IF NOT EXISTS c DATE;\n'};
const inner: SourceFile = {path: 'sql/functions/inner.sql', text: '-- One.\nCREATE OR REPLACE FUNCTION `${dataset}.inner`(x INT64) AS (x + 1);\n'};
const outer: SourceFile = {path: 'sql/functions/outer.sql', text: '-- Two.\nCREATE OR REPLACE FUNCTION `${dataset}.outer`(x INT64) AS (`${dataset}.inner`(x) * 2);\n'};
const proc: SourceFile = {path: 'sql/procedures/p.sql', text: '-- Three.\nCREATE OR REPLACE PROCEDURE `${dataset}.p`(p_x INT64)\nBEGIN\n  INSERT INTO `${dataset}.t` (a) SELECT `${dataset}.outer`(p_x);\n  EXECUTE IMMEDIATE "SELECT * FROM `${dataset}.v`";\nEND;\n'};
const view: SourceFile = {path: 'sql/views/v.sql', text: '-- Four.\nCREATE OR REPLACE VIEW `${dataset}.v` AS SELECT t.a FROM `${dataset}.t` AS t;\n'};
const schedule: SourceFile = {path: 'sql/scheduled/s.sql', text: '-- Five.\n-- config: EROS: s | every 6 hours\n-- anchor: 00:17\nCALL `${dataset}.p`(1);\n'};
const files = [schedule, proc, view, outer, inner, table];

const problemsOf = (given: readonly SourceFile[]): readonly string[] => {
	try {
		loadObjects(given, names);
		return [];
	} catch (error) {
		if (error instanceof ObjectsError) {
			return error.message.split('\n');
		}

		throw error;
	}
};

describe('objects from files', () => {
	it('come in dependency order, whatever the order of the files', () => {
		const wanted = ['t', 'inner', 'outer', 'v', 'p', 's'];
		expect(loadObjects(files, names).map(({name}) => name)).toEqual(wanted);
		expect(loadObjects(files.toReversed(), names).map(({name}) => name)).toEqual(wanted);
	});

	it('know what they read, write and call, dynamic SQL included', () => {
		const found = loadObjects(files, names).find(({name}) => name === 'p')!;
		expect({reads: found.reads, writes: found.writes, calls: found.calls}).toEqual({reads: ['v'], writes: ['t'], calls: ['outer']});
	});

	it('know their columns, added ones too, and their schedules', () => {
		const objects = loadObjects(files, names);
		expect(objects.find(({name}) => name === 't')!.columns).toEqual(['a', 'b', 'c']);
		expect(objects.find(({name}) => name === 's')!.configs).toEqual([{displayName: 'EROS: s', schedule: 'every 6 hours', anchor: '00:17'}]);
	});

	it('refuse an unknown placeholder at its place', () => {
		expect(problemsOf([{...table, text: '-- A.\nSELECT `${datset}.t`'}])[0]).toMatch(/^sql\/tables\/t\.sql:2:9 unknown placeholder \$\{datset\}/);
	});

	it('refuse a name outside its grammar', () => {
		expect(() => renderTemplate(table, {...names, dataset: 'x`; SELECT 1'})).toThrow(/dataset .* does not match/);
	});

	it('refuse a second declaration, a wrong file name and broken SQL, all at once', () => {
		const problems = problemsOf([inner, {...inner, path: 'sql/views/inner.sql', text: 'CREATE OR REPLACE VIEW `${dataset}.inner` AS SELECT 1 AS x'}, {...outer, path: 'sql/functions/other.sql'}, {...view, text: 'CREATE VIEW'}]);
		expect(problems).toHaveLength(3);
		expect(problems.join('\n')).toMatch(/a second time/);
		expect(problems.join('\n')).toMatch(/named after its object/);
	});

	it('name a cycle', () => {
		const a: SourceFile = {path: 'sql/views/a.sql', text: 'CREATE OR REPLACE VIEW `${dataset}.a` AS SELECT 1 AS x FROM `${dataset}.b`'};
		const b: SourceFile = {path: 'sql/views/b.sql', text: 'CREATE OR REPLACE VIEW `${dataset}.b` AS SELECT 1 AS x FROM `${dataset}.a`'};
		expect(problemsOf([a, b])[0]).toContain('a → b → a');
	});

	it('tell what depends on an object', () => {
		expect(dependantsOf(loadObjects(files, names), ['inner'])).toEqual(['outer', 'p', 's']);
		expect(sortByDependency([])).toEqual([]);
	});

	it('load from the real sql/, each once', () => {
		const objects = loadObjects(ownFiles, names);
		expect(objects.length).toBeGreaterThan(40);
		const place = new Map(objects.map(({name}, index) => [name, index]));
		const late = objects.flatMap(({name, dependsOn}) => dependsOn.filter(other => (place.get(other) ?? -1) > place.get(name)!).map(other => `${name} before ${other}`));
		expect(late).toEqual([]);
	});
});

describe('fingerprints', () => {
	it('are the same for the same object in another dataset', () => {
		const staged = loadObjects(files, retarget(names, 'eros_scheduling_brain_staging_7f3a'));
		expect(staged.map(({fingerprint}) => fingerprint)).toEqual(loadObjects(files, names).map(({fingerprint}) => fingerprint));
		expect(staged[1]!.sql).toContain('eros_scheduling_brain_staging_7f3a.inner');
	});

	it('pass over what BigQuery prints differently, and nothing else', () => {
		const print = fingerprintOf('-- c\nCREATE OR REPLACE FUNCTION `of-scheduler-proj.eros_scheduling_brain.f`(x INT64) AS (\n  x + 1 -- one\n);\n', names);
		expect(fingerprintOf('CREATE FUNCTION `of-scheduler-proj`.eros_scheduling_brain.f(x int64) AS (x+1)', names)).toBe(print);
		expect(fingerprintOf('CREATE FUNCTION `of-scheduler-proj`.eros_scheduling_brain.f(x int64) AS (x+2)', names)).not.toBe(print);
		expect(fingerprintOf('SELECT \'A\'', names)).not.toBe(fingerprintOf('SELECT \'a\'', names));
	});
});

describe('the plan', () => {
	const objects = loadObjects(files, names);
	const live: LiveCatalog = {
		tables: new Map([['t', ['a', 'B']]]),
		views: new Map([['v', 'CREATE VIEW `of-scheduler-proj.eros_scheduling_brain.v` AS SELECT t.a FROM `of-scheduler-proj.eros_scheduling_brain.t` AS t']]),
		routines: new Map([['inner', 'CREATE FUNCTION `of-scheduler-proj.eros_scheduling_brain.inner`(x INT64) AS (x + 3)']]),
		schedules: new Map([['EROS: s', {displayName: 'EROS: s', schedule: 'every 6 hours', query: 'CALL `of-scheduler-proj.eros_scheduling_brain.p`(1)', isDisabled: true, notifyOnFailure: true}]]),
	};

	it('creates, alters, replaces, or leaves alone', () => {
		const plan = makePlan(objects, live, names, {});
		expect(plan.objects.map(({object, action}) => `${object.name} ${action}`)).toEqual(['t alter', 'inner replace', 'outer create', 'v unchanged', 'p create', 's unchanged']);
		expect(plan.objects[0]!.detail).toBe('adds c');
		expect(plan.objects[1]!.diff).toContain('- ');
		expect(countActions(makePlan(objects, emptyCatalog, names, {}))).toEqual({create: 6, replace: 0, alter: 0, unchanged: 0});
	});

	it('has a hash of eight digits that only files, target and settings move', () => {
		const {hash} = makePlan(objects, live, names, {cap: 1});
		expect(hash).toMatch(/^[\da-f]{8}$/);
		expect(makePlan(objects, emptyCatalog, names, {cap: 1}).hash).toBe(hash);
		expect(makePlan(loadObjects(files.toReversed(), names), live, names, {cap: 1}).hash).toBe(hash);
		expect(makePlan(objects, live, names, {cap: 2}).hash).not.toBe(hash);
		expect(makePlan(objects, live, retarget(names, 'other'), {cap: 1}).hash).not.toBe(hash);
		const changed = files.map(file => (file === inner ? {...inner, text: inner.text.replace('x + 1', 'x + 2')} : file));
		expect(makePlan(loadObjects(changed, names), live, names, {cap: 1}).hash).not.toBe(hash);
	});

	it('shows differences with a little of what surrounds them', () => {
		expect(formatDiff('a\nb\nc\nd\ne\nf', 'a\nb\nc\nX\ne\nf', 1)).toBe('…\n  c\n- d\n+ X\n  e\n…');
		expect(formatDiff('same', 'same')).toBe('');
	});
});
