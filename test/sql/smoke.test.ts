// The files of sql/smoke on a deployed dataset: what they find right, and that they find what is wrong.
import {readdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {renderTemplate} from '../../source/objects/template.js';
import {names, startSql, type Sql} from './support.js';

const root = path.resolve(import.meta.dirname, '../..');
let sql: Sql;

beforeAll(async () => {
	sql = await startSql();
	await sql.layOutFixture();
});
afterAll(async () => {
	await sql.close();
});

type Check = {readonly check_name: string; readonly passed: boolean; readonly evidence: string};

const render = async (file: string): Promise<string> => {
	const name = `sql/smoke/${file}`;
	return renderTemplate({path: name, text: await readFile(path.join(root, name), 'utf8')}, names);
};

const run = async (file: string): Promise<readonly Check[]> => sql.rows<Check>(await render(file));

const failed = (checks: readonly Check[]): readonly string[] => checks.filter(({passed}) => !passed).map(({check_name}) => check_name);

describe('the smoke tests after a deployment', () => {
	it('pass on what was deployed, each with its evidence', async () => {
		const files = (await readdir(path.join(root, 'sql/smoke/production'))).filter(file => file.endsWith('.sql'));
		expect(files.toSorted()).toEqual(['analyzer.sql', 'functions.sql', 'table-functions.sql', 'view.sql']);
		for (const file of files) {
			const checks = await run(`production/${file}`);
			expect(checks.length, file).toBeGreaterThan(0);
			expect(checks.filter(({passed, evidence}) => !passed || evidence === ''), file).toEqual([]);
		}

		expect((await run('production/table-functions.sql')).map(({check_name}) => check_name)).toHaveLength(7);
	});

	it('fail as jobs on what is wrong', async () => {
		await sql.rows('CREATE OR REPLACE VIEW eros.schedule_recommendations_with_messages AS SELECT \'other\' AS schedule_id, CURRENT_TIMESTAMP() AS schedule_created_at');
		expect(await sql.failure(await render('production/view.sql'))).toMatchObject({message: expect.stringContaining('the view does not show every schedule') as string});
		await sql.deploy();
		expect(await sql.failure(await render('production/view.sql'))).toBeUndefined();
	});
});

describe('the smoke tests of staging', () => {
	it('hold the functions to their vectors, edges and draws', async () => {
		const checks = await run('functions.sql');
		expect(failed(checks)).toEqual([]);
		expect(checks.find(({check_name}) => check_name === 'vectors')?.evidence).toBe('21 of 21 vectors equal');
	});

	it('find a function that is a little off', async () => {
		await sql.rows('CREATE OR REPLACE FUNCTION `test-project.eros.wilson_score_bounds`(s INT64, f INT64) AS (STRUCT(0.2 AS lower_bound, 1.1 AS upper_bound, 0.1 AS exploration_bonus))');
		expect(failed(await run('functions.sql'))).toEqual(['vectors', 'bounds in [0, 1]']);
		await sql.deploy();
	});

	it('say the same twice of everything that does not draw', async () => {
		const first = await run('fingerprints.sql');
		expect(first.length).toBeGreaterThanOrEqual(7);
		expect(await run('fingerprints.sql')).toEqual(first);
	});

	it('find the analyzer\'s report as the fixture has it', async () => {
		const checks = await run('1-analyzer.sql');
		expect(failed(checks)).toEqual([]);
		expect(checks.find(({check_name}) => check_name === 'fixture')?.evidence).toBe('MEDIUM/GREEN/12/8');
	});

	it('select 18 captions, and miss them when the bank is empty', async () => {
		await sql.rows(await render('2-selector-guards.sql'));
		// Once more, as after a test that broke off.
		await sql.rows(await render('2-selector-guards.sql'));
		const checks = await run('2-selector.sql');
		expect(failed(checks)).toEqual([]);
		expect(checks.at(-1)?.evidence).toBe('0 of 4 locked and 0 of 5 restricted captions chosen');
		// The selector left alone what stands there; made to have chosen it, the test says so.
		await sql.rows(`CREATE OR REPLACE PROCEDURE eros.select_captions_for_creator(p_page_name STRING, p_behavioral_segment STRING, p_num_budget INT64, p_num_mid INT64, p_num_premium INT64, p_num_bump INT64) BEGIN
			UPDATE eros.active_caption_assignments SET caption_id = (SELECT MIN(caption.caption_id) FROM eros.caption_selector_results CROSS JOIN UNNEST(budget_captions) AS caption WHERE page_name = p_page_name) WHERE schedule_id = 'smoke_2' AND price_tier = 'budget';
		END`);
		expect(failed(await run('2-selector.sql'))).toEqual(['none locked or restricted']);
		await sql.rows('UPDATE eros.caption_bank SET content_category = \'Bundle\' WHERE usage_status = \'test_only\'');
		expect((await run('2-selector.sql')).at(-1)?.evidence).toBe('1 of 4 locked and 18 of 44 restricted captions chosen');
		await sql.deploy();
		await sql.rows(await render('2-selector-clean-up.sql'));
		expect(failed(await run('2-selector.sql'))).toEqual(['none locked or restricted']);
		expect(await sql.rows('SELECT page_name FROM eros.active_caption_assignments UNION ALL SELECT page_name FROM eros.creator_caption_restrictions')).toEqual([]);
		await sql.rows('DELETE FROM eros.caption_bank WHERE TRUE');
		expect(failed(await run('2-selector.sql'))).toEqual(expect.arrayContaining(['quotas', 'no caption twice', 'scores in [0, 1]']));
	});
});
