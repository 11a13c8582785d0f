// Every statement of sql/ is accepted, procedure bodies included.
import {expect, test} from 'vitest';
import {analyzeScript, GoogleSqlError, parseScript, type SqlType} from '../../source/googlesql/index.js';
import {informationSchema, MemoryCatalog, readSqlFolder} from './support/memory-catalog.js';

const int64: SqlType = {kind: 'scalar', name: 'INT64'};
const timestamp: SqlType = {kind: 'scalar', name: 'TIMESTAMP'};
const named = new Map<string, SqlType>([['price_per_tib_micros', int64], ['days', int64], ['seed', int64], ['since', timestamp], ['now', timestamp], ['run_time', timestamp], ['run_date', {kind: 'scalar', name: 'DATE'}]]);

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
	const refused = files.flatMap(({path, text}) => analyzeScript(parseScript(text).statements, catalog.options(text, {parameters: {named, positional: []}})).map(({message}) => `${path}: ${message}`));
	expect(refused).toEqual([]);
	expect(files.length).toBeGreaterThan(60);
});

test('the former release is accepted on its own tables', () => {
	const catalog = new MemoryCatalog(informationSchema());
	const folders = ['tables', 'functions', 'views', 'table-functions', 'procedures'].map(folder => `sql/sample/former/${folder}`);
	deploy(catalog, folders);
	const files = [...folders, 'sql/sample/data'].flatMap(folder => readSqlFolder(folder));
	const refused = files.flatMap(({path, text}) => analyzeScript(parseScript(text).statements, catalog.options(text, {parameters: {named, positional: []}})).map(({message}) => `${path}: ${message}`));
	expect(refused).toEqual([]);
});
