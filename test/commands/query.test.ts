import {describe, expect, it} from 'vitest';
import {formatTable} from '../../source/commands/query.js';
import {environmentLines} from '../../source/commands/warehouse.js';

describe('the table of eros-tui query', () => {
	it('aligns numbers right and text left, by cells', () => {
		const schema = [{name: 'page', type: 'STRING', mode: 'NULLABLE'}, {name: 'n', type: 'INT64', mode: 'NULLABLE'}, {name: 'tags', type: 'STRING', mode: 'REPEATED'}] as const;
		expect(formatTable(schema, [{page: '宽', n: 5, tags: ['a']}, {page: null, n: 12_000n, tags: []}])).toBe(['page  n      tags', '────  ─────  ─────', '宽        5  ["a"]', 'NULL  12000  []'].join('\n'));
	});

	it('keeps control characters of a row away from the terminal', () => {
		expect(formatTable([{name: 'x', type: 'STRING', mode: 'NULLABLE'}], [{x: '\u001B[31mred\nline'}])).toContain(' [31mred⏎line');
	});
});

describe('the environment of bq', () => {
	it('survives a shell', () => {
		expect(environmentLines('http://127.0.0.1:9050', 'p', "/it's/token")).toEqual([
			String.raw`export CLOUDSDK_AUTH_ACCESS_TOKEN_FILE='/it'\''s/token'`,
			'export CLOUDSDK_CORE_UNIVERSE_DOMAIN=googleapis.com',
			"export CLOUDSDK_CORE_PROJECT='p'",
			"export CLOUDSDK_API_ENDPOINT_OVERRIDES_BIGQUERY='http://127.0.0.1:9050/'",
		]);
	});
});
