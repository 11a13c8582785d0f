// The integration suite on the embedded warehouse: sql/ as it is deployed, the real client, three archetype pages, six groups.
// orchestration.test.ts asks the same of the orchestrator alone, with a warehouse that is scripted.
import process from 'node:process';
import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest';
import {agent as captionSelector} from '../../../source/eros/agents/caption-selector.js';
import {agent as performanceAnalyzer} from '../../../source/eros/agents/performance-analyzer.js';
import {agent as realTimeMonitor} from '../../../source/eros/agents/real-time-monitor.js';
import {ScheduleBuilder} from '../../../source/eros/agents/schedule-builder.js';
import {SheetsExporter, exportProblems} from '../../../source/eros/agents/sheets-exporter.js';
import type {AgentContext, AgentEnvironment, AnyAgent} from '../../../source/eros/agent.js';
import {envelopeSchemas, scheduleSchema, type Schedule} from '../../../source/eros/envelope.js';
import {agents, createOrchestrator, type RunInputs} from '../../../source/eros/orchestrator.js';
import {releaseOrphanedLocks} from '../../../source/eros/schedule-store.js';
import {runSummarySchema} from '../../../source/eros/run-summary.js';
import type {Warning} from '../../../source/eros/schedule/warning.js';
import {parseCsv, toCsvRows} from '../../../source/eros/sinks/csv-row.js';
import type {ScheduleSink} from '../../../source/eros/sinks/sink.js';
import {WarehouseError} from '../../../source/ports/warehouse.js';
import {repetitionBreaches, weekBreaches, type Lock} from '../../simulation/rules.js';
import {archetypePages, plannedWeek, startEmbeddedEros, sundayEvening, type EmbeddedEros} from '../support/embedded-eros.js';

const pageNames = archetypePages.map(page => page.name);
const [large, medium, small] = pageNames as [string, string, string];
const inputs: RunInputs = {pageNames, weekStart: plannedWeek};

let eros: EmbeddedEros;
beforeAll(async () => {
	eros = await startEmbeddedEros();
});
afterAll(async () => {
	await eros.close();
});
// Every test starts without schedules; the pages' history and the bank stay.
beforeEach(async () => {
	eros.faults.length = 0;
	eros.submitted.length = 0;
	await eros.sql.rows(['active_caption_assignments', 'schedule_recommendations', 'schedule_export_log', 'caption_selector_results', 'automation_alerts'].map(table => `DELETE FROM eros.${table} WHERE TRUE`).join(';\n'));
});

const contextOf = (environment: AgentEnvironment, pageName: string, overrides: Partial<AgentContext> = {}): AgentContext => ({
	...environment,
	request: {pageName, weekStart: plannedWeek, mode: 'optimize', autoExport: true},
	startedAtMs: environment.clock.now(),
	attempt: 1,
	signal: new AbortController().signal,
	warn() {},
	...overrides,
});

const run = async (given: Partial<RunInputs> = {}, roster: readonly AnyAgent[] = agents) => {
	const environment = await eros.environment();
	return {environment, ...(await createOrchestrator(environment, roster).run({...inputs, ...given}))};
};

const savedSchedules = async (): Promise<readonly Schedule[]> => {
	const rows = await eros.sql.rows<{readonly json: string}>('SELECT TO_JSON_STRING(schedule_json) AS json FROM eros.schedule_recommendations ORDER BY page_name');
	return rows.map(row => scheduleSchema.parse(JSON.parse(row.json)));
};

const locksOf = async (condition = 'TRUE'): Promise<readonly (Lock & {readonly reason: string | null})[]> => {
	const rows = await eros.sql.rows<Record<string, unknown>>(`SELECT page_name, CAST(caption_id AS STRING) AS id, schedule_id, FORMAT_DATE('%F', scheduled_send_date) AS day, is_active, deactivation_reason FROM eros.active_caption_assignments WHERE ${condition}`);
	return rows.map(row => ({page: String(row['page_name']), captionId: String(row['id']), scheduleId: String(row['schedule_id']), date: String(row['day']), isActive: row['is_active'] === true, reason: row['deactivation_reason'] as string | null}));
};

const refused = new WarehouseError('invalid', 'column missing', {reason: 'invalidQuery'});
const unavailable = new WarehouseError('backend', 'backendError');

describe('1 agents one by one', () => {
	it('the analyzer reads size and zone of each archetype', async () => {
		const environment = await eros.environment();
		const found = await Promise.all(pageNames.map(async page => performanceAnalyzer.run(contextOf(environment, page), {})));
		expect(found.map(item => `${item.account_size} ${item.saturation_status}`)).toEqual(['LARGE GREEN', 'MEDIUM RED', 'SMALL GREEN']);
		for (const item of found) {
			expect(item.time_windows.length).toBeGreaterThan(0);
			expect(item.avg_emv).toBeGreaterThan(0);
		}
	});

	it('an unknown page is MICRO and GREEN, not an error', async () => {
		expect(await performanceAnalyzer.run(contextOf(await eros.environment(), 'test_nobody'), {})).toMatchObject({account_size: 'MICRO', saturation_status: 'GREEN', avg_emv: 0, time_windows: []});
	});

	it('the monitor sees the tired page and leaves the healthy ones', async () => {
		const environment = await eros.environment();
		const found = await Promise.all(pageNames.map(async page => realTimeMonitor.run(contextOf(environment, page), {})));
		expect(found.map(item => item.zone)).toEqual(['GREEN', 'RED', 'GREEN']);
		expect(found[1]).toMatchObject({alert: 'CRITICAL'});
	});

	it('the monitor goes on from its own zone: a RED of the analyzer does not keep a page RED that it never found tired', async () => {
		const today = `page_name = '${small}' AND price > 0 AND sending_time > TIMESTAMP_SUB(TIMESTAMP '2025-11-03 04:00:00+00', INTERVAL 1 DAY)`;
		await eros.sql.rows(`INSERT INTO eros.schedule_recommendations (schedule_id, page_name, created_at, week_start, saturation_zone, schedule_json) VALUES ('before', '${small}', TIMESTAMP '2025-10-27 04:00:00+00', DATE '2025-10-27', 'RED', JSON '{}')`);
		await eros.sql.rows(`UPDATE eros.mass_messages SET purchased_count = purchased_count * 0.8 WHERE ${today}`);
		try {
			const fatigue = await realTimeMonitor.run(contextOf(await eros.environment(), small), {});
			expect(fatigue.conversion_ratio).toBeGreaterThan(0.7);
			expect(fatigue.conversion_ratio).toBeLessThan(0.9);
			expect(fatigue.zone).toBe('GREEN');
		} finally {
			await eros.sql.rows(`UPDATE eros.mass_messages SET purchased_count = purchased_count / 0.8 WHERE ${today}`);
		}
	});

	it('the monitor leaves messages out of the conversion whose buyers or viewers nobody counted', async () => {
		const environment = await eros.environment();
		const before = await realTimeMonitor.run(contextOf(environment, large), {});
		await eros.sql.rows(`INSERT INTO eros.mass_messages (row_id, page_name, message, sending_time, price, sent_count, viewed_count, purchased_count, earnings, message_type)
			SELECT 99000 + n, '${large}', 'text', TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 2 HOUR), 15, 1000, IF(n = 1, 100000, NULL), IF(n = 1, NULL, 100000), 10, 'Unlock' FROM UNNEST([1, 2]) AS n`);
		try {
			const after = await realTimeMonitor.run(contextOf(environment, large, {attempt: 2}), {});
			expect(after.conversion_ratio).toBe(before.conversion_ratio);
			expect(after.message_ratio).toBeGreaterThan(before.message_ratio!);
		} finally {
			await eros.sql.rows('DELETE FROM eros.mass_messages WHERE row_id > 99000 AND row_id < 99010');
		}
	});

	it('the exporter asks the warehouse for the locks, and refuses a schedule that has lost one', async () => {
		await createOrchestrator(await eros.environment({isExporting: false})).run({...inputs, pageNames: [small]});
		const [schedule] = await savedSchedules();
		const environment = await eros.environment();
		const [first, second] = schedule!.messages;
		await eros.sql.rows(`UPDATE eros.active_caption_assignments SET is_active = FALSE, deactivation_reason = 'PAST_SEND_DATE' WHERE caption_id = ${first!.caption_id}`);
		await eros.sql.rows(`UPDATE eros.active_caption_assignments SET is_active = FALSE, deactivation_reason = 'MANUAL' WHERE caption_id = ${second!.caption_id}`);
		expect(await new SheetsExporter(contextOf(environment, small)).export(schedule!)).toMatchObject({status: 'SKIPPED', reason: `invalid: message 2: no lock is held for caption ${second!.caption_id}`});
		expect(environment.files.contents.size).toBe(0);
		await eros.sql.rows(`UPDATE eros.active_caption_assignments SET is_active = TRUE, deactivation_reason = NULL WHERE caption_id = ${second!.caption_id}`);
		// A message that is out needs its lock no more.
		expect(await new SheetsExporter(contextOf(environment, small, {attempt: 2})).export(schedule!)).toMatchObject({status: 'SUCCESS'});
	});

	it('an export that is off is a row without a format', async () => {
		const environment = await eros.environment({isExporting: false});
		await createOrchestrator(environment).run({...inputs, pageNames: [small]});
		expect(await eros.sql.rows('SELECT page_name, status, error_message, message_count, export_format, destination FROM eros.schedule_export_log')).toEqual([{page_name: small, status: 'SKIPPED', error_message: 'export is off', message_count: 0, export_format: null, destination: null}]);
	});

	it('the monitor’s alerts are rows that people read, once an hour for a page and kind, and warnings of every run', async () => {
		const alerts = async () => eros.sql.rows('SELECT alert_level, alert_source, alert_message, job_id, acknowledged FROM eros.automation_alerts ORDER BY alert_time, alert_source');
		const watch = async (page: string): Promise<readonly Warning[]> => {
			const warnings: Warning[] = [];
			await realTimeMonitor.run(contextOf(await eros.environment(), page, {warn: warning => void warnings.push(warning)}), {});
			return warnings;
		};

		const [first] = await watch(medium);
		expect(first).toEqual({code: 'FATIGUE_ALERT', text: expect.stringMatching(/^the audience is exhausted, \d+ of 100 \(critical above 80\): conversion at \d+ % of its baseline, 3(?:\.\d)? times the messages, \d+ days? of decline$/)});
		const row = {alert_level: 'CRITICAL', alert_source: `real_time_monitor/exhaustion_critical/${medium}`, alert_message: `${medium}: ${first!.text}`, job_id: expect.stringMatching(/^run\d+$/), acknowledged: false};
		const ofKind = async () => (await alerts()).filter(alert => alert['alert_source'] === row.alert_source);
		expect(await ofKind()).toEqual([row]);
		try {
			await eros.sql.at('2025-11-03T04:58:00Z');
			expect((await watch(medium)).map(({code}) => code)).toContain('FATIGUE_ALERT');
			expect(await ofKind()).toHaveLength(1);
			await eros.sql.at('2025-11-03T05:02:00Z');
			await watch(medium);
			expect(await ofKind()).toHaveLength(2);
		} finally {
			await eros.sql.at(sundayEvening);
		}

		expect(await watch(large)).toEqual([]);
		expect((await alerts()).filter(alert => String(alert['alert_source']).endsWith(large))).toEqual([]);
	});

	it('an alert that can’t be recorded is a warning, and the judgement stands', async () => {
		eros.faults.push({sqlPart: 'automation_alerts', times: 9, error: refused});
		const {summary} = await run({pageNames: [medium]});
		expect(summary.page_results[medium]!.status).toBe('success');
		expect(summary.page_results[medium]!.warnings.join('\n')).toMatch(/the audience is exhausted[\s\S]*the alert of it could not be recorded: column missing/);
		expect((await savedSchedules())[0]).toMatchObject({is_monitor_unavailable: false});
	});

	it('a saved schedule says whether it went out, and one that did is not called failed', async () => {
		const refusing: ScheduleSink = {
			format: 'SHEETS',
			async write() {
				throw new Error('no permission');
			},
		};
		const status = async () => (await eros.sql.rows('SELECT status FROM eros.schedule_recommendations'))[0]!['status'];
		await createOrchestrator(await eros.environment({isExporting: false})).run({...inputs, pageNames: [small]});
		expect(await status()).toBe('validated');
		const environment = await eros.environment();
		const [schedule] = await savedSchedules();
		let attempt = 1;
		const exportTo = async (sinks: readonly ScheduleSink[]) => {
			attempt += 1;
			const context = contextOf(environment, small, {attempt});
			return new SheetsExporter({...context, sinks, request: {...context.request, isForced: true}}).export(schedule!);
		};

		await expect(exportTo([refusing])).rejects.toThrow('no permission');
		expect(await status()).toBe('failed');
		await exportTo([...environment.sinks, refusing]);
		expect(await status()).toBe('exported');
		await expect(exportTo([refusing])).rejects.toThrow('no permission');
		expect(await status()).toBe('exported');
		await eros.sql.rows("UPDATE eros.schedule_recommendations SET status = 'archived' WHERE TRUE");
		await exportTo(environment.sinks);
		expect(await status()).toBe('archived');
	});

	it('a status that can’t be noted is a warning, and the export stands', async () => {
		eros.faults.push({sqlPart: 'SET status = @status', times: 9, error: refused});
		const {summary} = await run({pageNames: [small]});
		expect(summary.page_results[small]).toMatchObject({status: 'success', export_status: 'SUCCESS', warnings: expect.arrayContaining([expect.stringMatching(/^the status of sched_.* could not be set to exported: column missing/)]) as unknown});
	});

	it('the selector fills the quotas with captions of their tiers, a fifth of them exploring, and the pool to its target', async () => {
		const context = contextOf(await eros.environment(), large);
		const selection = await captionSelector.run(context, {performance_analyzer: await performanceAnalyzer.run(context, {})});
		expect(selection.quotas.budget + selection.quotas.mid + selection.quotas.premium).toBe(16);
		expect(selection.quotas.bump).toBe(12);
		expect(selection.caption_target).toBe(100);
		expect(selection.captions).toHaveLength(100);
		expect(new Set(selection.captions.map(caption => caption.caption_id)).size).toBe(100);
		expect(selection.captions.some(caption => /^-\d{19}$/.test(caption.caption_id))).toBe(true);
		const explored = selection.captions.filter(caption => caption.strategy === 'explore').length;
		expect(explored / 100).toBeGreaterThanOrEqual(0.15);
		expect(explored / 100).toBeLessThanOrEqual(0.25);
	});

	it('the builder locks and saves all or nothing, and its class does the same', async () => {
		const context = contextOf(await eros.environment(), small);
		const performance_analyzer = await performanceAnalyzer.run(context, {});
		const caption_selector = await captionSelector.run(context, {performance_analyzer});
		const schedule = await new ScheduleBuilder().build(context, {performance_analyzer, caption_selector});
		expect(schedule).toMatchObject({is_monitor_unavailable: true, locks: {held: 14, conflicts: 0, reselections: 0}});
		expect(weekBreaches(schedule, await locksOf())).toEqual([]);
	});

	it('the exporter writes, logs, and does not write twice within a day', async () => {
		const {environment} = await run({pageNames: [large]});
		const [schedule] = await savedSchedules();
		const again = await new SheetsExporter(contextOf(environment, large, {attempt: 2})).export(schedule!);
		expect(again).toMatchObject({status: 'SKIPPED', reason: 'exported within the last 24 hours'});
		expect(await eros.sql.rows('SELECT export_format, status, message_count FROM eros.schedule_export_log ORDER BY export_format, status')).toEqual([
			{export_format: 'CSV', status: 'SKIPPED', message_count: 0},
			{export_format: 'CSV', status: 'SUCCESS', message_count: 28},
			{export_format: 'JSON', status: 'SKIPPED', message_count: 0},
			{export_format: 'JSON', status: 'SUCCESS', message_count: 28},
		]);
	});
});

describe('2 dependencies', () => {
	it('no agent starts before those it depends on have ended, and each gets their data', async () => {
		const events: string[] = [];
		const recording = agents.map(agent => ({...agent, async run(context: AgentContext, upstream: Record<string, unknown>) {
			expect(Object.keys(upstream)).toEqual(expect.arrayContaining([...agent.dependsOn]));
			events.push(`start ${agent.name}`);
			const data = await agent.run(context, upstream);
			events.push(`end ${agent.name}`);
			return data;
		}}) as AnyAgent);
		await run({pageNames: [small]}, recording);
		for (const agent of agents) {
			for (const dependency of agent.dependsOn) {
				expect(events.indexOf(`end ${dependency}`)).toBeLessThan(events.indexOf(`start ${agent.name}`));
			}
		}

		expect(events.slice(0, 2)).toEqual(['start performance_analyzer', 'start real_time_monitor']);
	});

	it('without the monitor the schedule is made on the analyzer’s zone and is DEGRADED', async () => {
		eros.faults.push({sqlPart: 'days_ago', times: 9, error: refused});
		const {summary} = await run({pageNames: [large]});
		expect(summary.orchestration_summary.status).toBe('completed');
		expect(summary.page_results[large]!.warnings.join('\n')).toMatch(/monitor gave no answer/);
		expect((await savedSchedules())[0]).toMatchObject({is_monitor_unavailable: true, metadata: {saturation_status: 'GREEN', schedule_quality: {status: 'DEGRADED', confidence_score: 0.9}}});
		expect(await eros.sql.rows('SELECT notes FROM eros.schedule_recommendations')).toEqual([{notes: 'optimize, DEGRADED'}]);
	});

	it('a pool that is short gives a DEGRADED schedule that says what is missing', async () => {
		await eros.sql.rows("UPDATE eros.caption_bank SET usage_status = 'recent' WHERE price_tier = 'bump'");
		try {
			const {summary} = await run({pageNames: [small]});
			expect(summary.page_results[small]).toMatchObject({status: 'success', total_messages: 8});
			expect(summary.page_results[small]!.warnings.join('\n')).toMatch(/6 of 6 free messages left out; the pool has no caption for them/);
			expect((await savedSchedules())[0]!.metadata.schedule_quality.status).toBe('DEGRADED');
		} finally {
			await eros.sql.rows("UPDATE eros.caption_bank SET usage_status = 'available' WHERE usage_status = 'recent'");
		}
	});

	it('every other failure ends its page before the agents that need it', async () => {
		eros.faults.push({sqlPart: 'select_captions', times: 9, error: refused});
		const {summary} = await run({pageNames: [large]});
		expect(summary.errors).toEqual([{page_name: large, agent: 'caption_selector', code: 'INVALIDQUERY', message: 'column missing'}]);
		expect(await locksOf()).toEqual([]);
	});
});

describe('3 orchestration', () => {
	it('end to end: three pages, each locked, saved, exported or held back by the gate', async () => {
		const retries: string[] = [];
		const {summary, pages, environment} = await run({onProgress: progress => void (progress.kind === 'agent-retrying' && retries.push(`${progress.page} ${progress.agent}`))});
		// Pages lock in turn: none aborts another's transaction.
		expect(retries).toEqual([]);
		expect(summary.orchestration_summary).toMatchObject({status: 'completed', total_pages: 3, successful: 3, failed: 0, exported: 2, skipped_exports: 1, saturation_breakdown: {GREEN: 2, YELLOW: 0, RED: 1}});
		expect(summary.page_results[medium]).toMatchObject({export_status: 'SKIPPED', export_reason: expect.stringContaining('RED')});
		const locks = await locksOf('is_active');
		const schedules = await savedSchedules();
		expect(schedules.map(schedule => schedule.page_name)).toEqual([...pageNames].sort());
		expect(schedules.flatMap(schedule => weekBreaches(schedule, locks.filter(lock => lock.scheduleId === schedule.schedule_id)))).toEqual([]);
		expect(repetitionBreaches(locks)).toEqual([]);
		expect(runSummarySchema.parse(summary)).toEqual(summary);
		for (const {envelopes} of pages.values()) {
			expect(Object.keys(envelopes)).toHaveLength(5);
			for (const envelope of Object.values(envelopes)) {
				expect(envelopeSchemas[envelope.agent].parse(envelope)).toEqual(envelope);
			}
		}

		expect([...environment.files.contents.keys()].sort()).toEqual([small, large].flatMap(page => [`out/${page}_${plannedWeek}.csv`, `out/${page}_${plannedWeek}.json`]).sort());
	});

	it('the breaker opens at the fifth failure and the rest fails fast', async () => {
		eros.faults.push({sqlPart: 'analyze_creator_performance', times: 99, error: new WarehouseError('forbidden', 'denied', {reason: 'accessDenied'})});
		const pages = Array.from({length: 8}, (_, index) => `test_page_${index}`);
		const environment = await eros.environment();
		const orchestrator = createOrchestrator(environment);
		const {summary} = await orchestrator.run({...inputs, pageNames: pages, parallel: false});
		expect(summary.errors.map(error => error.code)).toEqual([...Array.from({length: 5}, () => 'ACCESSDENIED'), ...Array.from({length: 3}, () => 'BREAKER_OPEN')]);
		expect(orchestrator.breakerState('performance_analyzer')).toBe('open');
		expect(summary.orchestration_summary.status).toBe('failed');
	});

	it('one page’s failure is never another’s', async () => {
		eros.faults.push({sqlPart: 'analyze_creator_performance', times: 9, page: medium, error: refused});
		const {summary} = await run({pageNames: [medium, small]});
		expect(summary.orchestration_summary).toMatchObject({status: 'partial', successful: 1, failed: 1});
		expect((await savedSchedules()).map(schedule => schedule.page_name)).toEqual([small]);
	});

	it.each([
		['safe', 12, 14],
		['conservative', 8, 24],
	] as const)('mode %s plans the GREEN large page with %i paid and %i free messages', async (mode, ppvs, bumps) => {
		await run({pageNames: [large], mode});
		expect((await savedSchedules())[0]!.metadata).toMatchObject({saturation_status: 'GREEN', mode, volume_summary: {total_ppvs: ppvs, total_bumps: bumps}});
	});
});

describe('4 errors and recovery', () => {
	it('transient errors are tried again after 2, 4 and 8 s; a permanent one is not', async () => {
		eros.faults.push({sqlPart: 'select_captions', times: 3, error: unavailable});
		const {summary, environment} = await run({pageNames: [small]});
		expect(summary.orchestration_summary.status).toBe('completed');
		expect(environment.clock.pauses.filter(ms => ms >= 2000 && ms % 5000 !== 0).map(ms => Math.floor(ms / 1000))).toEqual([2, 4, 8]);
	});

	it('a failure between locking and saving gives the locks back', async () => {
		eros.faults.push({sqlPart: 'MERGE', times: 9, error: refused});
		const {summary} = await run({pageNames: [small]});
		expect(summary.errors[0]).toMatchObject({agent: 'schedule_builder', code: 'INVALIDQUERY'});
		const locks = await locksOf();
		expect(locks).toHaveLength(14);
		expect(locks.every(lock => !lock.isActive && lock.reason === 'ROLLBACK')).toBe(true);
		expect(await savedSchedules()).toEqual([]);
	});

	it('a save whose answer was lost is adopted by the retry, not repeated', async () => {
		eros.faults.push({sqlPart: 'MERGE', times: 1, error: unavailable, isAfterwards: true});
		const {summary} = await run({pageNames: [small]});
		expect(summary.orchestration_summary.status).toBe('completed');
		const [schedule, ...others] = await savedSchedules();
		expect(others).toEqual([]);
		expect(weekBreaches(schedule!, await locksOf())).toEqual([]);
	});

	it('a lock whose answer was lost is held once, and the page still gets its schedule', async () => {
		eros.faults.push({sqlPart: 'lock_caption_assignments', times: 1, error: unavailable, isAfterwards: true});
		const {summary} = await run({pageNames: [small]});
		expect(summary.orchestration_summary.status).toBe('completed');
		expect(weekBreaches((await savedSchedules())[0]!, await locksOf('is_active'))).toEqual([]);
	});

	it('a lock conflict leads to other captions', async () => {
		const quicker = agents.map(agent => (agent.name === 'caption_selector' ? {...agent, async run(context: AgentContext, upstream: object) {
			const data = await captionSelector.run(context, upstream);
			// Another page is quicker with two of them.
			await eros.sql.rows(`CALL eros.lock_caption_assignments('sched_other', 'test_other', [${data.captions.slice(0, 2).map(caption => `STRUCT(${caption.caption_id} AS caption_id, DATE '2025-11-05' AS scheduled_send_date, 9 AS scheduled_send_hour)`).join(', ')}])`);
			return data;
		}} : agent) as AnyAgent);
		const {summary} = await run({pageNames: [small]}, quicker);
		const [schedule] = await savedSchedules();
		expect(schedule!.locks).toEqual({held: 14, conflicts: 2, reselections: 1});
		expect(summary.page_results[small]!.warnings.join('\n')).toMatch(/2 captions were taken by another schedule and replaced/);
		expect(repetitionBreaches(await locksOf('is_active'))).toEqual([]);
	});

	it('captions that replace others bring no more urgent ones than a week may have', async () => {
		await eros.sql.rows('UPDATE eros.caption_bank SET has_urgency = MOD(ABS(caption_id), 5) != 0 WHERE TRUE');
		try {
			const quicker = agents.map(agent => (agent.name === 'caption_selector' ? {...agent, async run(context: AgentContext, upstream: object) {
				const data = await captionSelector.run(context, upstream);
				// Another page is quicker with all calm ones: what is left of the pool is as urgent as a week may be.
				const plain = data.captions.filter(caption => !caption.has_urgency);
				await eros.sql.rows(`CALL eros.lock_caption_assignments('sched_other', 'test_other', [${plain.map(caption => `STRUCT(${caption.caption_id} AS caption_id, DATE '2025-11-05' AS scheduled_send_date, 9 AS scheduled_send_hour)`).join(', ')}])`);
				return data;
			}} : agent) as AnyAgent);
			const {summary} = await run({pageNames: [small]}, quicker);
			expect(summary.errors).toEqual([]);
			const [schedule] = await savedSchedules();
			expect(schedule!.locks).toMatchObject({held: 14, reselections: 1});
			expect(schedule!.locks.conflicts).toBeGreaterThan(0);
			expect(weekBreaches(schedule!, await locksOf(`schedule_id = '${schedule!.schedule_id}'`))).toEqual([]);
		} finally {
			await eros.sql.rows('UPDATE eros.caption_bank SET has_urgency = FALSE WHERE TRUE');
		}
	});

	it('locks that a dead run left are given back, those of a saved schedule and of other tools are not', async () => {
		await run({pageNames: [small]});
		const held = (await locksOf('is_active')).length;
		const ids = await eros.sql.rows<{readonly id: string}>("SELECT CAST(caption_id AS STRING) AS id FROM eros.caption_bank WHERE caption_id NOT IN (SELECT caption_id FROM eros.active_caption_assignments) ORDER BY caption_id LIMIT 2");
		for (const [index, schedule] of [`sched_20251101_090000_${small}_0bad`, 'someone_else'].entries()) {
			await eros.sql.rows(`CALL eros.lock_caption_assignments('${schedule}', '${small}', [STRUCT(${ids[index]!.id} AS caption_id, DATE '2025-11-05' AS scheduled_send_date, 9 AS scheduled_send_hour)])`);
		}

		const age = async (minutes: number): Promise<unknown> => eros.sql.rows(`UPDATE eros.active_caption_assignments SET assigned_at = TIMESTAMP_SUB(assigned_at, INTERVAL ${minutes} MINUTE) WHERE TRUE`);
		// Somebody may still be between locking and saving.
		await age(29);
		expect(await releaseOrphanedLocks(contextOf(await eros.environment(), small))).toBe(0);
		await age(2);
		expect(await releaseOrphanedLocks(contextOf(await eros.environment(), small))).toBe(1);
		expect(await locksOf('is_active')).toHaveLength(held + 1);
		expect((await locksOf('NOT is_active')).map(lock => [lock.scheduleId, lock.reason])).toEqual([[`sched_20251101_090000_${small}_0bad`, 'ROLLBACK']]);
	});

	it('a cancelled run leaves no lock and no schedule', async () => {
		const stop = new AbortController();
		const {summary} = await run({pageNames: [small], signal: stop.signal, onProgress(progress) {
			if (progress.kind === 'agent-finished' && progress.envelope.agent === 'caption_selector') {
				stop.abort();
			}
		}});
		expect(summary.errors[0]).toMatchObject({code: 'CANCELLED'});
		expect([await locksOf('is_active'), await savedSchedules()]).toEqual([[], []]);
	});
});

describe('5 performance', () => {
	it('every job carries a byte cap, a time limit, labels and the dataset that it changes; a page takes few jobs', async () => {
		await run({pageNames: [small]});
		for (const spec of eros.submitted) {
			expect(spec.maximumBytesBilled).toBeGreaterThan(0);
			expect(spec.timeoutMs).toBeGreaterThan(0);
			expect(spec.labels).toMatchObject({eros_run: expect.stringMatching(/^run/), eros_agent: expect.any(String)});
			expect(['eros', undefined]).toContain(spec.mutates[0]);
		}

		const jobs = await Promise.all(eros.submitted.map(async spec => eros.sql.warehouse.findJob(spec.id)));
		expect(jobs.filter(job => job?.error !== undefined)).toEqual([]);
		expect(eros.submitted.length).toBeLessThanOrEqual(12);
		expect(process.memoryUsage().rss).toBeLessThan(1024 ** 3);
	});

	it('a job over its byte cap is refused, not run', async () => {
		const environment = {...(await eros.environment()), maximumBytesBilled: 1};
		const {summary} = await createOrchestrator(environment).run({...inputs, pageNames: [small]});
		expect(summary.errors[0]!.message).toMatch(/bytes/i);
		expect(await savedSchedules()).toEqual([]);
	});
});

describe('6 validation of output', () => {
	it('header row, view, CSV and JSON tell the same week', async () => {
		const {environment} = await run({pageNames: [large]});
		const [schedule] = await savedSchedules();
		expect(exportProblems(schedule!)).toEqual([]);
		expect(await eros.sql.rows('SELECT schedule_id, page_name, account_size, saturation_zone, total_messages, total_ppvs, total_bumps, status, is_active, generated_by, version FROM eros.schedule_recommendations')).toEqual([
			{schedule_id: schedule!.schedule_id, page_name: large, account_size: 'LARGE', saturation_zone: 'GREEN', total_messages: 28, total_ppvs: 16, total_bumps: 12, status: 'exported', is_active: true, generated_by: 'eros-tui', version: 1},
		]);
		const view = await eros.sql.rows<Record<string, unknown>>("SELECT message_index, CAST(caption_id AS STRING) AS id, caption_text, FORMAT_DATETIME('%F %T', scheduled_send_time) AS sent_at, price FROM eros.schedule_recommendations_with_messages ORDER BY message_index");
		expect(view).toEqual(schedule!.messages.map(message => ({message_index: message.index, id: message.caption_id, caption_text: message.caption_text, sent_at: message.send_local, price: message.price})));
		const text = (extension: string): string => new TextDecoder().decode(environment.files.contents.get(`out/${large}_${plannedWeek}.${extension}`));
		expect(parseCsv(text('csv'))).toEqual(toCsvRows(schedule!));
		expect(JSON.parse(text('json'))).toEqual(schedule);
	});

	it('a second schedule of the same week is the next version and shares no caption with the first', async () => {
		await run({pageNames: [small]});
		await run({pageNames: [small]});
		expect(await eros.sql.rows('SELECT version FROM eros.schedule_recommendations ORDER BY version')).toEqual([{version: 1}, {version: 2}]);
		expect(repetitionBreaches(await locksOf('is_active'))).toEqual([]);
	});
});

describe('afterwards', () => {
	it('nothing of the test pages and their captions remains', async () => {
		await run({pageNames: [small]});
		const left = await eros.leftOvers();
		expect(Object.keys(left)).toEqual(expect.arrayContaining(['mass_messages', 'active_caption_assignments', 'schedule_recommendations', 'schedule_export_log', 'caption_selector_results', 'caption_bank']));
		await eros.cleanUp();
		expect(await eros.leftOvers()).toEqual({});
	});
});
