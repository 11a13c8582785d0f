// Business time at both edges of daylight saving time, in every object that tells a date or an hour by it:
// 2025-11-02 has 25 hours in Los Angeles, 2026-03-08 has 23.
import {readdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest';
import {captions, messages, monday, renderSql, startSql, type Sql} from './support.js';

let sql: Sql;
beforeAll(async () => {
	sql = await startSql();
});
afterAll(async () => {
	await sql.close();
});
beforeEach(async () => {
	await sql.drive.set(monday);
	await sql.rows(['mass_messages', 'caption_bank', 'active_caption_assignments', 'automation_job_runs', 'automation_alerts', 'schedule_recommendations', 'health_checks', 'lock_sweep_log'].map(table => `DELETE FROM eros.${table} WHERE TRUE;`).join('\n'));
});

/** [instant, date, hour, weekday (1 = Sunday) in Los Angeles] */
const edges: readonly (readonly [string, string, number, number])[] = [
	['2025-11-02T06:59:59Z', '2025-11-01', 23, 7], ['2025-11-02T07:00:00Z', '2025-11-02', 0, 1], ['2025-11-02T08:30:00Z', '2025-11-02', 1, 1], ['2025-11-02T09:30:00Z', '2025-11-02', 1, 1],
	['2025-11-03T07:59:30Z', '2025-11-02', 23, 1], ['2025-11-03T08:00:00Z', '2025-11-03', 0, 2],
	['2026-03-08T07:59:59Z', '2026-03-07', 23, 7], ['2026-03-08T09:59:00Z', '2026-03-08', 1, 1], ['2026-03-08T10:00:00Z', '2026-03-08', 3, 1], ['2026-03-09T06:59:30Z', '2026-03-08', 23, 1], ['2026-03-09T07:00:00Z', '2026-03-09', 0, 2],
];
const days = [['autumn', '2025-11-05T20:00:00Z', '2025-11'], ['spring', '2026-03-11T20:00:00Z', '2026-03']] as const;
const edgesOf = (month: string) => edges.filter(([at]) => at.startsWith(month));

it('the constants of the zone stand nowhere in sql/', async () => {
	const root = path.resolve(import.meta.dirname, '../../sql');
	const files = (await readdir(root, {recursive: true})).filter(file => file.endsWith('.sql'));
	expect(files.length).toBeGreaterThan(70);
	const found: string[] = [];
	for (const file of files) {
		const text = (await readFile(path.join(root, file), 'utf8')).split('\n').filter(line => !line.trimStart().startsWith('--')).join('\n');
		// Instants of the smoke test are vectors in UTC, and descriptions are prose; neither names a zone of business.
		const constants = text.replaceAll(/TIMESTAMP '[^']*\+00'|description = '[^']*'/g, '').match(/\b(P[SD]T|PST8PDT|UTC|GMT|America\/\w+|US\/Pacific)\b|['"][+-]\d{1,2}:?\d{2}['"]|INTERVAL\s+[78]\s+HOUR/gi);
		found.push(...(constants ?? []).map(constant => `${file}: ${constant}`));
	}

	expect(found).toEqual([]);
});

it('every date of today in sql/ names the zone', async () => {
	const root = path.resolve(import.meta.dirname, '../../sql');
	const files = (await readdir(root, {recursive: true})).filter(file => file.endsWith('.sql') && !file.startsWith('sample/former'));
	const texts = await Promise.all(files.map(async file => ({file, text: await readFile(path.join(root, file), 'utf8')})));
	expect(texts.flatMap(({file, text}) => (text.match(/CURRENT_(DATE|DATETIME|TIME)\((?!'\$\{timezone\}')[^)]*\)|EXTRACT\((HOUR|DAYOFWEEK|DATE) FROM [^)]*(_at|sending_time|creation_time|started|ts)\)/g) ?? []).map(call => `${file}: ${call}`))).toEqual([]);
});

describe.each(days)('%s', (_, now, month) => {
	beforeEach(async () => {
		await sql.at(now);
		await sql.rows(messages(edgesOf(month).map(([at]) => ({page: 'page_01', at: `TIMESTAMP '${at}'`}))));
	});

	it('helpers', async () => {
		const found = await sql.rows(`SELECT eros.la_date(instant) AS date, eros.la_hour(instant) AS hour, eros.la_dayofweek(instant) AS dow FROM UNNEST([${edgesOf(month).map(([at]) => `TIMESTAMP '${at}'`).join(', ')}]) AS instant WITH OFFSET AS position ORDER BY position`);
		expect(found).toEqual(edgesOf(month).map(([, date, hour, dow]) => ({date, hour, dow})));
	});

	it('messages, the window of days, weekdays and hours', async () => {
		expect(await sql.rows('SELECT send_date AS date, send_hour AS hour, send_dayofweek AS dow FROM eros.page_messages(\'page_01\', 30) ORDER BY sending_time')).toEqual(edgesOf(month).map(([, date, hour, dow]) => ({date, hour, dow})));
		const count = (values: readonly (string | number)[]) => [...new Set(values.map(String))].map(value => [value, values.filter(other => String(other) === value).length]).sort();
		expect((await sql.rows<{d: string; n: number}>('SELECT send_date AS d, message_count AS n FROM eros.get_recent_performance_window(\'page_01\', 30)')).map(({d, n}) => [d, n]).sort()).toEqual(count(edgesOf(month).map(([, date]) => date)));
		expect((await sql.rows<{k: number; n: number}>('SELECT dow AS k, n FROM eros.analyze_day_patterns(\'page_01\', 30)')).map(({k, n}) => [String(k), n]).sort()).toEqual(count(edgesOf(month).map(([,,, dow]) => dow)));
		expect((await sql.rows<{k: number; n: number}>('SELECT hour AS k, SUM(n) AS n FROM eros.analyze_time_windows(\'page_01\', 30) GROUP BY hour')).map(({k, n}) => [String(k), n]).sort()).toEqual(count(edgesOf(month).map(([,, hour]) => hour)));
		expect((await sql.rows<{k: number; n: number}>('SELECT key AS k, n FROM eros.get_creator_baseline(\'page_01\', 30) WHERE scope = \'HOUR\'')).map(({k, n}) => [String(k), n]).sort()).toEqual(count(edgesOf(month).map(([,, hour]) => hour)));
	});

	it('the days of saturation', async () => {
		// A window of 3 days takes one recent day: the last of the four at the edge; the others are the baseline.
		expect(await sql.row('SELECT recent_days + baseline_days AS days FROM eros.saturation_signals(\'page_01\', 30)')).toEqual({days: new Set(edgesOf(month).map(([, date]) => date)).size});
	});
});

describe('today', () => {
	/** [the end of a day in Los Angeles with time left for a few calls, that day, the day after] */
	const midnights = [['2025-11-03T07:59:30Z', '2025-11-02', '2025-11-03T08:00:00Z'], ['2026-03-09T06:59:30Z', '2026-03-08', '2026-03-09T07:00:00Z']] as const;

	it.each(midnights)('ends at %s for locks, sweep, health and the cooldown', async (before, day, after) => {
		await sql.rows(captions([{id: 1}]));
		const lock = `CALL eros.lock_caption_assignments('s', 'page_01', [STRUCT(1 AS caption_id, DATE '${day}' AS scheduled_send_date, 23 AS scheduled_send_hour)])`;
		await sql.at(after);
		expect((await sql.failure(lock))?.message).toContain('lie before today');
		await sql.at(before);
		expect(await sql.row(lock)).toMatchObject({inserted: 1});
		expect(await sql.row('SELECT assigned_date AS day FROM eros.active_caption_assignments')).toEqual({day});
		const expired = async () => (JSON.parse((await sql.row<{health: string}>('CALL eros.run_health_check()')).health) as {counts: {expired_locks: number}}).counts.expired_locks;
		expect(await expired()).toBe(0);
		expect(await sql.row('CALL eros.sweep_expired_caption_locks()')).toMatchObject({total_locks_cleaned: 0});
		await sql.at(after);
		expect(await expired()).toBe(1);
		expect(await sql.row('CALL eros.sweep_expired_caption_locks()')).toMatchObject({locks_expired_past_date: 1});
		const rests = async (at: string) => {
			await sql.at(at);
			return (await sql.row<{n: number}>('SELECT COUNT(*) AS n FROM eros.recent_caption_usage_v'))['n'];
		};

		const week = 7 * 86_400_000;
		expect(await rests(new Date(Date.parse(before) + week).toISOString())).toBe(1);
		expect(await rests(new Date(Date.parse(after) + week).toISOString())).toBe(0);
	});

	it.each(midnights)('is the date of a job at %s', async (before, day, after) => {
		for (const at of [before, after]) {
			await sql.at(at);
			await sql.rows('DECLARE id STRING; CALL eros.start_job(\'job\', id)');
		}

		const next = new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
		expect(await sql.rows('SELECT execution_date AS day FROM eros.automation_job_runs ORDER BY job_start_time')).toEqual([{day}, {day: next}]);
	});

	it('is the day of cost, today and by day', async () => {
		await sql.at('2027-03-15T06:30:00Z');
		await sql.rows(messages([{page: 'page_01', at: 'CURRENT_TIMESTAMP()'}]));
		await sql.rows('SELECT SUM(earnings) AS total FROM eros.mass_messages');
		const parameters = (at: string) => [{name: 'days', type: 'INT64' as const, value: 2}, {name: 'price_per_tib_micros', type: 'INT64' as const, value: 6_250_000}, {name: 'since', type: 'TIMESTAMP' as const, value: at}];
		const today = async () => (await sql.row<{today_micros: number}>(await renderSql('sql/monitoring/cost.sql'), parameters('2027-03-15T06:00:00Z').slice(1)))['today_micros'];
		expect(await today()).toBeGreaterThan(0);
		const byDay = await sql.rows<{day: string}>(await renderSql('sql/monitoring/cost_by_day.sql'), parameters('').slice(0, 2));
		expect(byDay.map(({day}) => day)).toContain('2027-03-14');
		// A zone without daylight saving time would still say the 14th.
		await sql.at('2027-03-15T07:00:01Z');
		expect(await today()).toBe(0);
	});
});

it('the report tells its instant with the offset of the day', async () => {
	await sql.rows(messages([{page: 'page_01', at: 'TIMESTAMP \'2025-11-02T08:30:00Z\''}]));
	const stamps = async (at: string) => {
		await sql.at(at);
		const {text} = await sql.row<{text: string}>('DECLARE report STRING; CALL eros.analyze_creator_performance(\'page_01\', 30, report); SELECT report AS text');
		const {analysis_timestamp: now, data_freshness: last} = JSON.parse(text) as {analysis_timestamp: string; data_freshness: string};
		return [now.slice(0, 16) + now.slice(-6), last];
	};

	expect(await stamps('2025-11-02T08:59:00Z')).toEqual(['2025-11-02T01:59-07:00', '2025-11-02T01:30:00-07:00']);
	expect(await stamps('2025-11-02T09:00:00Z')).toEqual(['2025-11-02T01:00-08:00', '2025-11-02T01:30:00-07:00']);
});

it('the view shows the civil time of each instant, the ambiguous hour included', async () => {
	const list = edges.map(([at], index) => ({index, send_at: at}));
	await sql.rows(`INSERT INTO eros.schedule_recommendations (schedule_id, page_name, created_at, week_start, schedule_json) SELECT 's', 'page_01', CURRENT_TIMESTAMP(), DATE '2025-11-03', PARSE_JSON('${JSON.stringify({messages: list})}')`);
	const found = await sql.rows<{date: string; hour: number; day: string}>('SELECT CAST(DATE(scheduled_send_time) AS STRING) AS date, EXTRACT(HOUR FROM scheduled_send_time) AS hour, day_of_week AS day FROM eros.schedule_recommendations_with_messages ORDER BY message_index');
	const names = ['', 'Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
	expect(found).toEqual(edges.map(([, date, hour, dow]) => ({date, hour, day: names[dow]})));
});
