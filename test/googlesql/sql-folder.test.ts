// Every statement of sql/ is accepted, procedure bodies included.
import {expect, test} from 'vitest';
import {analyzeScript, GoogleSqlError, parseScript, type SqlType} from '../../source/googlesql/index.js';
import {informationSchema, MemoryCatalog, readSqlFolder} from './support/memory-catalog.js';

const scalar = (name: string): SqlType => ({kind: 'scalar', name} as SqlType);

/** Types that the files' heads declare: `-- parameters: @name TYPE, ...`; scheduled queries and the sample have theirs from outside. */
function parametersOf(text: string): ReadonlyMap<string, SqlType> {
	const declared = [...(/^-- parameters: (.*)$/m.exec(text)?.[1] ?? '').matchAll(/@(\w+) (?:ARRAY<(\w+)>|(\w+))/g)]
		.map(([, name, element, type]): [string, SqlType] => [name!, element === undefined ? scalar(type!) : {kind: 'array', element: scalar(element)}]);
	return new Map<string, SqlType>([['seed', scalar('INT64')], ['now', scalar('TIMESTAMP')], ['run_time', scalar('TIMESTAMP')], ['run_date', scalar('DATE')], ...declared]);
}

/** Creates what the files create, in an order found by trying. */
function deploy(catalog: MemoryCatalog, folders: readonly string[]): void {
	let waiting = folders.flatMap(folder => readSqlFolder(folder));
	while (waiting.length > 0) {
		const left = waiting.filter(({text}) => {
			try {
				catalog.add(text);
				return false;
			} catch (error) {
				if (!(error instanceof GoogleSqlError)) throw error;
				return true;
			}
		});
		if (left.length === waiting.length) return;
		waiting = left;
	}
}

test('all of sql/ but the former release is accepted on its own objects', () => {
	const catalog = new MemoryCatalog(informationSchema());
	const folders = ['sql/tables', 'sql/functions', 'sql/views', 'sql/table-functions', 'sql/procedures'];
	deploy(catalog, folders);
	const files = [...folders, 'sql/scheduled', 'sql/monitoring', 'sql/smoke', 'sql/sample/fixture'].flatMap(folder => readSqlFolder(folder));
	const refused = files.flatMap(({path, text}) => analyzeScript(parseScript(text).statements, catalog.options(text, {parameters: {named: parametersOf(text), positional: []}})).map(({message}) => `${path}: ${message}`));
	expect(refused).toEqual([]);
	expect(files.length).toBeGreaterThan(60);
});

test('the former release is accepted on its own tables', () => {
	const catalog = new MemoryCatalog(informationSchema());
	const folders = ['tables', 'functions', 'views', 'table-functions', 'procedures'].map(folder => `sql/sample/former/${folder}`);
	deploy(catalog, folders);
	const files = [...folders, 'sql/sample/data'].flatMap(folder => readSqlFolder(folder));
	const refused = files.flatMap(({path, text}) => analyzeScript(parseScript(text).statements, catalog.options(text, {parameters: {named: parametersOf(text), positional: []}})).map(({message}) => `${path}: ${message}`));
	expect(refused).toEqual([]);
});
