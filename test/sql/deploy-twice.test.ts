// Deploying is repeatable: a second time changes no definition and no row.
import {afterAll, beforeAll, expect, it} from 'vitest';
import {captions, startSql, type Sql} from './support.js';

let sql: Sql;
beforeAll(async () => {
	sql = await startSql();
});
afterAll(async () => {
	await sql.close();
});

const definitions = async () => ({
	routines: await sql.rows('SELECT routine_name, routine_type, ddl FROM eros.INFORMATION_SCHEMA.ROUTINES ORDER BY routine_name'),
	tables: await sql.rows('SELECT table_name, table_type, ddl FROM eros.INFORMATION_SCHEMA.TABLES ORDER BY table_name'),
	columns: await sql.rows('SELECT table_name, column_name, ordinal_position, data_type, is_nullable FROM eros.INFORMATION_SCHEMA.COLUMNS ORDER BY table_name, ordinal_position'),
});

it('leaves definitions and rows as they are the second time', async () => {
	await sql.rows(captions([{id: -2_194_714_712_821_639, text: 'Kept'}]));
	const counts = `SELECT (SELECT COUNT(*) FROM eros.caption_bank) AS bank, (SELECT COUNT(*) FROM eros.holiday_calendar) AS holidays,
		(SELECT COUNT(*) FROM eros.lock_guard) AS guards, (SELECT COUNT(*) FROM eros.feature_flags) AS flags`;
	await sql.rows('UPDATE eros.feature_flags SET is_enabled = FALSE WHERE flag = \'caption_restrictions_enabled\'');
	const before = await definitions();
	const rows = await sql.row(counts);
	expect(rows).toMatchObject({bank: 1, guards: 1, flags: 2});
	expect(before.routines.length).toBeGreaterThan(35);
	expect(before.tables.length).toBeGreaterThan(25);

	await sql.deploy();
	expect(await definitions()).toEqual(before);
	expect(await sql.row(counts)).toEqual(rows);
	expect(await sql.row('SELECT is_enabled FROM eros.feature_flags WHERE flag = \'caption_restrictions_enabled\'')).toEqual({is_enabled: false});
});

it('loads the holidays of 2025 with their factors', async () => {
	const holidays = await sql.rows<{day: string; factor: number; major: boolean}>(`SELECT FORMAT_DATE('%m-%d', holiday_date) AS day, saturation_impact_factor AS factor, is_major_holiday AS major
		FROM eros.holiday_calendar WHERE EXTRACT(YEAR FROM holiday_date) = 2025 ORDER BY holiday_date`);
	expect(holidays.map(({day, factor, major}) => `${day} ${factor}${major ? ' M' : ''}`)).toEqual([
		'01-01 0.7 M', '01-20 1', '02-14 0.8 M', '02-17 1', '03-17 1', '04-20 0.8 M', '05-11 0.8 M', '05-26 0.8 M', '06-15 0.9', '06-19 1', '07-04 0.7 M',
		'09-01 0.8 M', '10-13 1', '10-31 0.9', '11-11 1', '11-27 0.7 M', '11-28 0.9', '12-24 0.7 M', '12-25 0.6 M', '12-31 0.7 M',
	]);
});

it('has 15 columns in the stats of captions', async () => {
	expect(await sql.row('SELECT COUNT(*) AS columns FROM eros.INFORMATION_SCHEMA.COLUMNS WHERE table_name = \'caption_bandit_stats\'')).toEqual({columns: 15});
});
