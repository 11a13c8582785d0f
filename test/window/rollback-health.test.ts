// The health that a rollback reads, asked of a real warehouse with all of sql/ deployed.
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {Manifest} from '../../source/engine/manifest.js';
import type {StatementRequest, StepContext} from '../../source/engine/task.js';
import {createFiles} from '../../source/host/files.js';
import {readRollbackHealth} from '../../source/window/rollback-health.js';
import {testSettings} from '../engine/support/test-run.js';
import {names, startSql, type Sql} from '../sql/support.js';

let sql: Sql;

beforeAll(async () => {
	sql = await startSql();
});
afterAll(async () => {
	await sql.close();
});

const contextOf = (): StepContext => ({
	settings: {...testSettings, ...names},
	root: path.resolve(import.meta.dirname, '../..'),
	ports: {files: createFiles()},
	memory: new Map(),
	signal: new AbortController().signal,
	run: async ({sql: text, parameters}: StatementRequest) => ({rows: await sql.rows(text, parameters)}),
}) as unknown as StepContext;

const manifestWith = (status: 'saved' | 'absent'): Manifest => ({id: '20251103_180000', dataset: 'eros_backup', takenAtMs: 0, run: 'run', entries: [{type: 'routine', name: 'measure_health', status}]});

const read = async (status: 'saved' | 'absent') => readRollbackHealth(contextOf(), {manifest: manifestWith(status)});

describe('the health after a rollback', () => {
	it('is measured wherever every part of it can be, with the parts that fall short', async () => {
		expect(await read('absent')).toMatchObject({kind: 'measured', isIntegrityFull: true, detail: expect.stringMatching(/^capacity 5\/10: 0 captions available/) as string});
		await sql.rows('INSERT INTO eros.active_caption_assignments (assignment_key, schedule_id, page_name, caption_id, caption_text, scheduled_send_date, scheduled_send_hour, is_active, assigned_at, assigned_date) VALUES (\'k\', \'s\', \'p\', 1, \'text\', DATE \'2025-11-05\', 10, TRUE, CURRENT_TIMESTAMP(), CURRENT_DATE())');
		expect(await read('absent')).toMatchObject({kind: 'measured', isIntegrityFull: false});
	});

	it('is held against a release that has a health check of its own, and can not be measured by one left over', async () => {
		await sql.rows('ALTER TABLE eros.caption_bandit_stats RENAME TO caption_bandit_stats_former');
		expect(await read('absent')).toMatchObject({kind: 'not-measurable', reason: expect.stringMatching(/^measure_health came with the release that was rolled back and can't read what stands now \(freshness: .*caption_bandit_stats/) as string});
		expect(await read('saved')).toMatchObject({kind: 'measured', isIntegrityFull: false, detail: expect.stringContaining('freshness 0/20: the query failed') as string});
	});

	it('is not measurable when the procedure is gone', async () => {
		await sql.rows('DROP PROCEDURE eros.measure_health');
		expect(await read('absent')).toMatchObject({kind: 'not-measurable', reason: expect.stringContaining('measure_health') as string});
	});
});
