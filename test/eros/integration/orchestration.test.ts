// The integration suite in six groups, over three archetype pages.
import {setImmediate as nextTurn} from 'node:timers/promises';
import {describe, expect, it} from 'vitest';
import {agent as captionSelector} from '../../../source/eros/agents/caption-selector.js';
import {agent as performanceAnalyzer, parseReport} from '../../../source/eros/agents/performance-analyzer.js';
import {agent as realTimeMonitor} from '../../../source/eros/agents/real-time-monitor.js';
import {ACCOUNT_SIZE_CONFIGS, ScheduleBuilder, agent as scheduleBuilder} from '../../../source/eros/agents/schedule-builder.js';
import {SheetsExporter, exportProblems} from '../../../source/eros/agents/sheets-exporter.js';
import type {AgentContext, AgentEnvironment, AnyAgent} from '../../../source/eros/agent.js';
import {envelopeSchemas, type Schedule} from '../../../source/eros/envelope.js';
import {agents, createOrchestrator, type PageProgress} from '../../../source/eros/orchestrator.js';
import {releaseOrphanedLocks} from '../../../source/eros/schedule-store.js';
import {runSummarySchema} from '../../../source/eros/run-summary.js';
import {scheduleIdOf} from '../../../source/eros/schedule-envelope.js';
import {parseCsv} from '../../../source/eros/sinks/csv-row.js';
import type {ScheduleSink} from '../../../source/eros/sinks/sink.js';
import type {JobId} from '../../../source/domain/ids.js';
import {WarehouseError, type Row} from '../../../source/ports/warehouse.js';
import {archetypeNames, beforeWeekMs, createTestEnvironment, weekStart, type TestEnvironment} from '../support/an-environment.js';
import {scheduleInputs} from '../support/a-pool.js';

const contextOf = (environment: AgentEnvironment, pageName: string, overrides: Partial<AgentContext> = {}): AgentContext => ({
	...environment,
	request: {pageName, weekStart, mode: 'optimize', autoExport: true},
	startedAtMs: beforeWeekMs,
	attempt: 1,
	signal: new AbortController().signal,
	warn() {},
	...overrides,
});

const inputs = {pageNames: archetypeNames, weekStart};
const replace = (name: string, run: (context: AgentContext) => Promise<unknown>): readonly AnyAgent[] => agents.map(agent => (agent.name === name ? ({...agent, run} as AnyAgent) : agent));
const scheduleOf = (environment: TestEnvironment, page: string): Schedule => JSON.parse(environment.warehouse.schedules.find(schedule => schedule.page === page)!.json) as Schedule;

describe('1 agents one by one', () => {
	it('the analyzer reads size, zone and segment of each archetype', async () => {
		const environment = createTestEnvironment();
		const found = await Promise.all(archetypeNames.map(async page => performanceAnalyzer.run(contextOf(environment, page), {})));
		expect(found.map(item => `${item.account_size} ${item.saturation_status} ${item.behavioral_segment}`)).toEqual(['LARGE GREEN PREMIUM', 'MEDIUM RED STANDARD', 'SMALL GREEN EXPLORATORY']);
	});

	it('the analyzer names what is wrong with a report', () => {
		expect(() => parseReport('{')).toThrow(/it is not JSON/);
		expect(() => parseReport('{"account_size":"MEDIUM","saturation_status":"BLUE"}')).toThrow(/saturation_status/);
		expect(parseReport('{"account_size":"XL","saturation_status":"GREEN","saturation_score":0.1,"avg_emv":null,"recommended_ppv":21,"recommended_bump":16}')).toMatchObject({account_size: 'MEGA', behavioral_segment: 'EXPLORATORY', time_windows: []});
	});

	it('the monitor sees the saturated page and leaves the healthy ones', async () => {
		const environment = createTestEnvironment();
		const found = await Promise.all(archetypeNames.map(async page => realTimeMonitor.run(contextOf(environment, page), {})));
		expect(found.map(item => item.zone)).toEqual(['GREEN', 'RED', 'GREEN']);
		expect(found[1]).toMatchObject({alert: 'CRITICAL', decline_days: 1, data_as_of: '2025-11-03T03:45:00.000Z'});
	});

	it('the selector fills the quotas of each size', async () => {
		const environment = createTestEnvironment();
		const context = contextOf(environment, 'test_healthy_large');
		const performance_analyzer = await performanceAnalyzer.run(context, {});
		const selection = await captionSelector.run(context, {performance_analyzer});
		expect(selection.quotas).toEqual({budget: 2, mid: 6, premium: 8, bump: 12});
		expect(['budget', 'mid', 'premium', 'bump'].map(tier => selection.captions.filter(caption => caption.tier === tier).length)).toEqual([7, 21, 29, 43]);
		expect(selection.caption_target).toBe(100);
		expect(selection.shortfall).toEqual({budget: 0, mid: 0, premium: 0, bump: 0});
	});

	it.each([
		['a RED page', 'test_saturated_medium', {}, {}, ['SKIPPED', 'CSV', 'the page is RED']],
		['automatic export that is off', 'test_growing_small', {}, {autoExport: false}, ['SKIPPED', 'CSV', 'automatic export is off']],
		['a run that exports nothing', 'test_growing_small', {exports: false}, {}, ['SKIPPED', '', 'export is off']],
	] as const)('the exporter logs %s as skipped', async (_, page, options, given, row) => {
		const environment = createTestEnvironment(options);
		const {summary} = await createOrchestrator(environment).run({...inputs, pageNames: [page], ...given});
		expect(summary.page_results[page]).toMatchObject({status: 'success', export_status: 'SKIPPED', export_reason: row[2]});
		expect(environment.warehouse.exports.map(logged => [logged['status'], logged['export_format'], logged['error_message']])).toEqual([row]);
	});

	it('the selector leaves out captions without text: there is nothing to send', async () => {
		const environment = createTestEnvironment({captionsPerTier: 6});
		const {readRows} = environment.warehouse;
		const warnings: string[] = [];
		const context = contextOf({...environment, warehouse: {...environment.warehouse, async readRows<R extends Row>(id: JobId) {
			const {rows, schema} = await readRows<R>(id);
			const first = rows.find(row => row['tier'] === 'bump');
			return {rows: rows.map(row => (row === first ? {...row, caption_text: ' '} : row)), schema};
		}}}, 'test_growing_small', {warn: ({text}) => void warnings.push(text)});
		const selection = await captionSelector.run(context, {performance_analyzer: await performanceAnalyzer.run(context, {})});
		expect(selection.captions.filter(caption => caption.caption_text.trim() === '')).toEqual([]);
		expect(selection.shortfall).toMatchObject({bump: 1});
		expect(warnings).toEqual(['the selector found 1 fewer bump captions than the week needs']);
	});

	it('the builder plans without a warehouse and knows the five sizes', () => {
		expect(Object.keys(ACCOUNT_SIZE_CONFIGS)).toEqual(['MICRO', 'SMALL', 'MEDIUM', 'LARGE', 'MEGA']);
		expect(new ScheduleBuilder().plan(scheduleInputs()).messages).toHaveLength(20);
	});

	it('the exporter writes, logs and does not write twice within a day', async () => {
		const environment = createTestEnvironment();
		await createOrchestrator(environment).run({...inputs, pageNames: ['test_healthy_large']});
		const exporter = new SheetsExporter(contextOf(environment, 'test_healthy_large', {attempt: 2}));
		const again = await exporter.export(scheduleOf(environment, 'test_healthy_large'));
		expect(again).toMatchObject({status: 'SKIPPED', reason: 'exported within the last 24 hours'});
		expect(environment.warehouse.exports.map(row => [row['status'], row['export_format'], row['error_message']])).toEqual([['SUCCESS', 'CSV', ''], ['SKIPPED', 'CSV', 'exported within the last 24 hours']]);
	});
});

describe('2 dependencies', () => {
	it('each agent gets the data of those it depends on', async () => {
		const seen: Record<string, readonly string[]> = {};
		const recording = agents.map(agent => ({...agent, run: async (context: AgentContext, upstream: Record<string, unknown>) => {
			seen[agent.name] = Object.keys(upstream).sort();
			return agent.run(context, upstream);
		}}) as AnyAgent);
		await createOrchestrator(createTestEnvironment(), recording).run({...inputs, pageNames: ['test_healthy_large']});
		for (const agent of agents) {
			expect(seen[agent.name]).toEqual(expect.arrayContaining([...agent.dependsOn]));
		}
	});

	it('stages follow one another: no agent starts before those it depends on have ended', async () => {
		const events: string[] = [];
		const recording = agents.map(agent => ({...agent, async run(context: AgentContext, upstream: object) {
			events.push(`start ${agent.name}`);
			const data = await agent.run(context, upstream);
			events.push(`end ${agent.name}`);
			return data;
		}}) as AnyAgent);
		await createOrchestrator(createTestEnvironment({latencyMs: 10}), recording).run({...inputs, pageNames: ['test_growing_small']});
		for (const agent of agents) {
			for (const dependency of agent.dependsOn) {
				expect(events.indexOf(`end ${dependency}`)).toBeLessThan(events.indexOf(`start ${agent.name}`));
			}
		}

		expect(events.slice(0, 2)).toEqual(['start performance_analyzer', 'start real_time_monitor']);
	});

	it('the monitor is soft: without it the schedule is made on the analyzer’s zone and says so', async () => {
		const environment = createTestEnvironment();
		environment.warehouse.faults.push({sqlPart: '.mass_messages`', times: 100, error: {reason: 'invalidQuery', message: 'no such table'}});
		const {summary} = await createOrchestrator(environment).run({...inputs, pageNames: ['test_healthy_large']});
		expect(summary.orchestration_summary.status).toBe('completed');
		expect(summary.page_results['test_healthy_large']!.warnings.join('\n')).toMatch(/monitor gave no answer/);
		expect(scheduleOf(environment, 'test_healthy_large')).toMatchObject({is_monitor_unavailable: true, metadata: {schedule_quality: {status: 'DEGRADED'}}});
	});

	it('every other failure ends its page before the agents that need it', async () => {
		const environment = createTestEnvironment();
		environment.warehouse.faults.push({sqlPart: 'select_captions', times: 100, error: {reason: 'invalidQuery', message: 'EROS_BAD_QUOTA: negative'}});
		const {summary} = await createOrchestrator(environment).run({...inputs, pageNames: ['test_healthy_large']});
		expect(summary.errors).toEqual([{page_name: 'test_healthy_large', agent: 'caption_selector', code: 'BAD_QUOTA', message: expect.stringContaining('EROS_BAD_QUOTA')}]);
		expect(environment.warehouse.locks).toEqual([]);
	});
});

describe('3 orchestration', () => {
	it('end to end: three pages, each locked, saved, exported or held back by the gate', async () => {
		const environment = createTestEnvironment();
		const {summary} = await createOrchestrator(environment).run(inputs);
		expect(summary.orchestration_summary).toMatchObject({status: 'completed', total_pages: 3, successful: 3, failed: 0, exported: 2, skipped_exports: 1, saturation_breakdown: {GREEN: 2, YELLOW: 0, RED: 1}});
		expect(Object.keys(summary.page_results)).toEqual(archetypeNames);
		expect(summary.page_results['test_saturated_medium']).toMatchObject({export_status: 'SKIPPED', export_reason: expect.stringContaining('RED')});
		expect(environment.warehouse.schedules).toHaveLength(3);
		for (const page of archetypeNames) {
			const schedule = scheduleOf(environment, page);
			expect(environment.warehouse.locks.filter(lock => lock.page === page && lock.isActive)).toHaveLength(schedule.messages.length);
		}
	});

	it('five pages at a time, at least twice as fast as one after the other', async () => {
		const pageNames = Array.from({length: 12}, (_, index) => `page_${String(index + 1).padStart(2, '0')}`);
		const measure = async (parallel: boolean) => {
			const environment = createTestEnvironment({latencyMs: 100});
			const {summary} = await createOrchestrator(environment).run({pageNames, weekStart, parallel});
			expect(summary.orchestration_summary.status).toBe('completed');
			return {ms: environment.clock.monotonic(), most: environment.warehouse.activeJobs().most};
		};

		const [serial, parallel] = [await measure(false), await measure(true)];
		expect(parallel.ms * 2).toBeLessThanOrEqual(serial.ms);
		// Analyzer and monitor of a page run side by side.
		expect(parallel.most).toBeLessThanOrEqual(10);
		expect(serial.most).toBeLessThanOrEqual(2);
	});

	it('pages lock in turn: two locks at a time would abort each other at their guard row', async () => {
		const environment = createTestEnvironment({latencyMs: 100});
		const open = new Set<string>();
		let most = 0;
		const watched = {
			...environment.warehouse,
			async submit(spec: Parameters<typeof environment.warehouse.submit>[0]) {
				if (spec.sql.includes('lock_caption_assignments')) {
					open.add(spec.id);
					most = Math.max(most, open.size);
				}

				return environment.warehouse.submit(spec);
			},
			async waitForJob(id: Parameters<typeof environment.warehouse.waitForJob>[0], signal?: AbortSignal) {
				if (open.has(id)) {
					// Long enough for every other page to come to its own lock.
					await environment.clock.pause(5000, signal);
				}

				const status = await environment.warehouse.waitForJob(id, signal);
				open.delete(id);
				return status;
			},
		};
		const {summary} = await createOrchestrator({...environment, warehouse: watched}).run({pageNames: Array.from({length: 7}, (_, index) => `page_0${index + 1}`), weekStart});
		expect(summary.orchestration_summary).toMatchObject({status: 'completed', successful: 7});
		expect(most).toBe(1);
	});

	it('the breaker opens at the fifth failure and the rest fails fast', async () => {
		const environment = createTestEnvironment();
		environment.warehouse.faults.push({sqlPart: 'analyze_creator_performance', times: 1000, error: {reason: 'accessDenied', message: 'denied'}});
		const pageNames = Array.from({length: 9}, (_, index) => `page_0${index + 1}`);
		const orchestrator = createOrchestrator(environment);
		const {summary} = await orchestrator.run({pageNames, weekStart, parallel: false});
		expect(summary.errors.map(error => error.code)).toEqual([...Array.from({length: 5}, () => 'accessDenied'), ...Array.from({length: 4}, () => 'BREAKER_OPEN')]);
		expect(orchestrator.breakerState('performance_analyzer')).toBe('open');
		expect(summary.orchestration_summary.status).toBe('failed');
	});

	it('five pages that each meet one transient error do not open the breaker', async () => {
		const environment = createTestEnvironment();
		environment.warehouse.faults.push({sqlPart: 'analyze_creator_performance', times: 5, error: {reason: 'backendError', message: 'Retry the job'}});
		const pageNames = Array.from({length: 12}, (_, index) => `page_${String(index + 1).padStart(2, '0')}`);
		const orchestrator = createOrchestrator(environment);
		const {summary} = await orchestrator.run({pageNames, weekStart});
		expect(summary.errors).toEqual([]);
		expect(summary.orchestration_summary).toMatchObject({status: 'completed', successful: 12});
		expect(orchestrator.breakerState('performance_analyzer')).toBe('closed');
	});

	it('one page’s failure leaves the others as they would be without it', async () => {
		const alone = createTestEnvironment();
		await createOrchestrator(alone).run({...inputs, pageNames: ['test_healthy_large', 'test_growing_small'], parallel: false});
		const together = createTestEnvironment();
		together.warehouse.faults.push({sqlPart: 'analyze_creator_performance', times: 1, page: 'test_saturated_medium', error: {reason: 'invalidQuery', message: 'EROS_BAD_PAGE: gone'}});
		const {summary} = await createOrchestrator(together).run({...inputs, parallel: false});
		expect(summary.orchestration_summary).toMatchObject({status: 'partial', successful: 2, failed: 1});
		expect(together.warehouse.schedules).toEqual(alone.warehouse.schedules);
	});

	it.each([
		['optimize', 'GREEN', 16, 12],
		['safe', 'GREEN', 12, 14],
		['conservative', 'GREEN', 8, 24],
	] as const)('mode %s plans the GREEN large page with %s zone, %i paid and %i free messages', async (mode, zone, ppvs, bumps) => {
		const environment = createTestEnvironment();
		await createOrchestrator(environment).run({...inputs, pageNames: ['test_healthy_large'], mode});
		expect(scheduleOf(environment, 'test_healthy_large').metadata).toMatchObject({saturation_status: zone, mode, volume_summary: {total_ppvs: ppvs, total_bumps: bumps}});
	});

	it('tells progress as it goes', async () => {
		const seen: PageProgress[] = [];
		await createOrchestrator(createTestEnvironment()).run({...inputs, pageNames: ['test_growing_small'], onProgress: progress => void seen.push(progress)});
		expect(seen.map(progress => (progress.kind === 'agent-finished' ? progress.envelope.agent : progress.kind))).toEqual(['page-started', 'performance_analyzer', 'real_time_monitor', 'caption_selector', 'schedule_builder', 'sheets_exporter', 'page-finished']);
	});
});

describe('4 errors and recovery', () => {
	it('back-off after transient errors is 2, 4 and 8 s on the clock', async () => {
		const environment = createTestEnvironment();
		environment.warehouse.faults.push({sqlPart: 'select_captions', times: 3, error: {reason: 'backendError', message: 'Retry the job'}});
		const waits: number[] = [];
		const {summary} = await createOrchestrator(environment).run({...inputs, pageNames: ['test_growing_small'], onProgress: progress => void (progress.kind === 'agent-retrying' && waits.push(Math.floor(progress.waitMs / 1000)))});
		expect(waits).toEqual([2, 4, 8]);
		expect(summary.orchestration_summary.status).toBe('completed');
	});

	it('a failure between locking and saving gives the locks back', async () => {
		const environment = createTestEnvironment();
		environment.warehouse.faults.push({sqlPart: 'MERGE', times: 100, error: {reason: 'invalidQuery', message: 'column missing'}});
		const {summary} = await createOrchestrator(environment).run({...inputs, pageNames: ['test_growing_small']});
		expect(summary.errors[0]).toMatchObject({agent: 'schedule_builder', code: 'invalidQuery'});
		expect(environment.warehouse.locks.length).toBeGreaterThan(0);
		expect(environment.warehouse.locks.every(lock => !lock.isActive && lock.reason === 'ROLLBACK')).toBe(true);
		expect(environment.warehouse.schedules).toEqual([]);
	});

	it('a save whose answer was lost is adopted by the retry, not repeated', async () => {
		const environment = createTestEnvironment();
		environment.warehouse.faults.push({sqlPart: 'MERGE', times: 1, error: new WarehouseError('backend', 'backendError'), isAfterwards: true});
		const {summary} = await createOrchestrator(environment).run({...inputs, pageNames: ['test_growing_small']});
		expect(summary.orchestration_summary.status).toBe('completed');
		expect(environment.warehouse.schedules).toHaveLength(1);
		expect(environment.warehouse.jobs.filter(job => job.sql.includes('lock_caption_assignments'))).toHaveLength(1);
		const schedule = scheduleOf(environment, 'test_growing_small');
		expect(environment.warehouse.locks.filter(lock => lock.isActive).map(lock => lock.captionId).sort()).toEqual(schedule.messages.map(message => message.caption_id).sort());
	});

	it('a lock conflict leads to other captions', async () => {
		const environment = createTestEnvironment();
		const original = captionSelector.run;
		const roster = replace('caption_selector', async context => {
			const data = await original(context, {performance_analyzer: await performanceAnalyzer.run({...context, attempt: 9}, {})});
			// Another page is quicker with two of them.
			environment.warehouse.locks.push(...data.captions.slice(0, 2).map(caption => ({scheduleId: 'sched_other', page: 'page_99', captionId: caption.caption_id, date: weekStart, isActive: true})));
			return data;
		});
		const {summary} = await createOrchestrator(environment, roster).run({...inputs, pageNames: ['test_growing_small']});
		expect(summary.orchestration_summary.status).toBe('completed');
		const schedule = scheduleOf(environment, 'test_growing_small');
		expect(schedule.locks).toEqual({held: 14, conflicts: 2, reselections: 1});
		expect(summary.page_results['test_growing_small']!.warnings.join('\n')).toMatch(/2 captions were taken by another schedule and replaced/);
	});

	it('gives up after three reselections', async () => {
		const environment = createTestEnvironment();
		const originalSubmit = environment.warehouse.submit;
		const greedy = {...environment.warehouse, async submit(spec: Parameters<typeof originalSubmit>[0]) {
			if (spec.sql.includes('lock_caption_assignments')) {
				const [first] = spec.parameters!.find(parameter => parameter.name === 'assignments')!.value as {caption_id: string}[];
				environment.warehouse.locks.push({scheduleId: 'sched_other', page: 'page_99', captionId: first!.caption_id, date: weekStart, isActive: true});
			}

			return originalSubmit(spec);
		}};
		const {summary} = await createOrchestrator({...environment, warehouse: greedy}).run({...inputs, pageNames: ['test_growing_small']});
		expect(summary.errors[0]).toMatchObject({agent: 'schedule_builder', code: 'LOCK_CONFLICT'});
		expect(environment.warehouse.jobs.filter(job => job.sql.includes('lock_caption_assignments'))).toHaveLength(4);
		expect(environment.warehouse.locks.filter(lock => lock.page === 'test_growing_small')).toEqual([]);
	});

	it('locks that a dead run left are given back, those of a saved schedule are not', async () => {
		const environment = createTestEnvironment();
		await createOrchestrator(environment).run({...inputs, pageNames: ['test_growing_small']});
		const held = environment.warehouse.locks.length;
		environment.warehouse.locks.push({scheduleId: 'sched_20251101_090000_test_growing_small_0bad', page: 'test_growing_small', captionId: '1', date: weekStart, isActive: true});
		expect(await releaseOrphanedLocks(contextOf({...environment, runId: 'later'}, 'test_growing_small'))).toBe(1);
		expect(environment.warehouse.locks.filter(lock => lock.isActive)).toHaveLength(held);
	});

	it('a cancelled run starts no further agent', async () => {
		const environment = createTestEnvironment();
		const stop = new AbortController();
		const {summary} = await createOrchestrator(environment).run({...inputs, signal: stop.signal, parallel: false, onProgress(progress) {
			if (progress.kind === 'agent-finished' && progress.envelope.agent === 'caption_selector') {
				stop.abort();
			}
		}});
		await nextTurn();
		expect(summary.orchestration_summary.failed).toBe(3);
		expect(environment.warehouse.schedules).toEqual([]);
	});
});

it('pages that choose the same captions at the same time keep out of each other’s way before they lock', async () => {
	const environment = createTestEnvironment();
	const {pages} = await createOrchestrator(environment).run({...inputs, pageNames: ['page_01', 'page_02', 'page_03']});
	const schedules = [...pages.values()].map(page => page.envelopes.schedule_builder!.data as Schedule);
	expect(schedules.map(schedule => schedule.locks.conflicts)).toEqual([0, 0, 0]);
	const ids = schedules.flatMap(schedule => schedule.messages.map(message => message.caption_id));
	expect(new Set(ids).size).toBe(ids.length);
});

describe('a spreadsheet that takes nothing beside a file that is written', () => {
	const refusing: ScheduleSink = {
		format: 'SHEETS',
		async write() {
			throw new Error('The caller does not have permission.');
		},
	};

	it('is told in the envelope, in the page’s result and in the summary, with sink, cause and next step', async () => {
		const environment = createTestEnvironment();
		const {summary, pages} = await createOrchestrator({...environment, sinks: [...environment.sinks, refusing]}).run({...inputs, pageNames: ['test_growing_small'], mode: 'safe'});
		const id = summary.page_results['test_growing_small']!.schedule_id!;
		const told = `SHEETS was not written: The caller does not have permission; CSV was. Mend that, then write it: eros-tui schedule --schedule-id ${id} --format sheets`;
		expect(pages.get('test_growing_small')!.envelopes.sheets_exporter!.warnings).toEqual([{code: 'SINK_UNAVAILABLE', text: told}]);
		expect(summary.page_results['test_growing_small']).toMatchObject({status: 'success', export_status: 'PARTIAL', export_reason: 'SHEETS: The caller does not have permission.', destinations: ['out/test_growing_small_2025-11-03.csv']});
		expect(summary.page_results['test_growing_small']!.warnings).toContain(told);
		expect(summary.orchestration_summary).toMatchObject({status: 'partial', successful: 1, failed: 0, exported: 1, partial_exports: 1, skipped_exports: 0});
		expect([...environment.warehouse.statusOf.values()]).toEqual(['exported']);
		expect(environment.warehouse.exports.map(row => [row['export_format'], row['status'], row['error_message']])).toEqual([['CSV', 'SUCCESS', ''], ['SHEETS', 'FAILED', 'The caller does not have permission.']]);
	});

	it('fails the page when nothing else took the schedule, and logs it', async () => {
		const environment = createTestEnvironment();
		const {summary} = await createOrchestrator({...environment, sinks: [refusing]}).run({...inputs, pageNames: ['test_growing_small']});
		expect(summary.errors).toEqual([{page_name: 'test_growing_small', agent: 'sheets_exporter', code: 'EXPORT_FAILED', message: 'SHEETS: The caller does not have permission.'}]);
		expect(summary.page_results['test_growing_small']).toMatchObject({status: 'failed', export_status: 'FAILED'});
		expect(summary.orchestration_summary).toMatchObject({exported: 0, partial_exports: 0});
		expect(environment.warehouse.exports.map(row => row['status'])).toEqual(['FAILED']);
		expect(environment.warehouse.schedules).toHaveLength(1);
		expect([...environment.warehouse.statusOf]).toEqual([[environment.warehouse.schedules[0]!.scheduleId, 'failed']]);
	});
});

describe('5 performance', () => {
	it('38 pages take few jobs and little memory', async () => {
		const environment = createTestEnvironment();
		const pageNames = Array.from({length: 38}, (_, index) => `page_${String(index + 1).padStart(2, '0')}`);
		const {summary} = await createOrchestrator(environment).run({pageNames, weekStart});
		expect(summary.orchestration_summary).toMatchObject({status: 'completed', total_pages: 38, exported: 38});
		expect(environment.warehouse.jobs.length / 38).toBeLessThanOrEqual(12);
		expect(process.memoryUsage().rss).toBeLessThan(1024 ** 3);
	});

	it('every job carries a byte cap, a time limit and labels', async () => {
		const environment = createTestEnvironment();
		await createOrchestrator(environment).run(inputs);
		expect(environment.warehouse.jobs.every(job => job.maximumBytesBilled > 0 && job.timeoutMs > 0 && job.labels['eros_run'] === '7f3a91c2' && job.labels['eros_agent'] !== undefined)).toBe(true);
		expect(new Set(environment.warehouse.jobs.flatMap(job => job.mutates))).toEqual(new Set(['eros_staging_7f3a']));
	});

	it('about a fifth of the paid messages explore', async () => {
		const environment = createTestEnvironment();
		await createOrchestrator(environment).run({...inputs, pageNames: ['test_healthy_large']});
		const paid = scheduleOf(environment, 'test_healthy_large').messages.filter(message => message.type === 'PPV');
		const share = paid.filter(message => message.strategy === 'explore').length / paid.length;
		expect(share).toBeGreaterThanOrEqual(0.1);
		expect(share).toBeLessThanOrEqual(0.3);
	});
});

describe('6 validation of output', () => {
	it('envelopes and the run summary match their schemas', async () => {
		const environment = createTestEnvironment();
		const {summary, pages} = await createOrchestrator(environment).run(inputs);
		expect(runSummarySchema.parse(summary)).toEqual(summary);
		for (const {envelopes} of pages.values()) {
			for (const envelope of Object.values(envelopes)) {
				expect(envelopeSchemas[envelope.agent].parse(envelope)).toEqual(envelope);
			}
		}
	});

	it('the saved schedule keeps its rules and equals the exported file', async () => {
		const environment = createTestEnvironment();
		await createOrchestrator(environment).run({...inputs, pageNames: ['test_healthy_large']});
		const schedule = scheduleOf(environment, 'test_healthy_large');
		expect(exportProblems(schedule)).toEqual([]);
		expect(schedule.schedule_id).toBe(scheduleIdOf('test_healthy_large', '7f3a91c2', beforeWeekMs));
		expect(schedule.schedule_id).toMatch(/^sched_20251103_040000_test_healthy_large_[\da-f]{4}$/);
		expect(schedule.mm_schedule[0]).toMatchObject({row_number: 2, schedule_type: 'Mass Message', time_pst: expect.stringMatching(/^\d{1,2}:\d\d [AP]M$/)});
		const rows = parseCsv(new TextDecoder().decode(environment.files.contents.get('out/test_healthy_large_2025-11-03.csv')));
		expect(rows.map(row => row.caption_id)).toEqual(schedule.messages.map(message => message.caption_id));
		expect(rows.map(row => row.caption_text)).toEqual(schedule.messages.map(message => message.caption_text));
	});

	it('the same run makes the same schedule', async () => {
		const [first, second] = [createTestEnvironment(), createTestEnvironment()];
		await createOrchestrator(first).run({...inputs, parallel: false});
		await createOrchestrator(second).run({...inputs, parallel: false});
		expect(first.warehouse.schedules).toEqual(second.warehouse.schedules);
		expect([...first.files.contents]).toEqual([...second.files.contents]);
	});

	it('a start date that is no Monday is moved and told; a wrong page name is refused', async () => {
		const orchestrator = createOrchestrator(createTestEnvironment());
		const {summary} = await orchestrator.run({pageNames: ['test_growing_small'], weekStart: '2025-11-04'});
		expect(summary.orchestration_summary.week_start).toBe('2025-11-03');
		expect(summary.page_results['test_growing_small']!.warnings).toContain('start date 2025-11-04 (Tuesday) moved to Monday 2025-11-03');
		await expect(orchestrator.run({pageNames: ['Bad Name'], weekStart})).rejects.toThrow(/is not a page name/);
		await expect(orchestrator.run({pageNames: [], weekStart})).rejects.toThrow(/empty/);
	});

	it('a week that is over is no empty success', async () => {
		const {summary} = await createOrchestrator(createTestEnvironment()).run({pageNames: ['test_growing_small'], weekStart: '2025-10-20'});
		expect(summary.errors[0]).toMatchObject({agent: 'schedule_builder', code: 'EMPTY_SCHEDULE', message: expect.stringContaining('their time has passed')});
	});

	it('the exporter refuses an invalid schedule and one without its locks', async () => {
		const environment = createTestEnvironment();
		await createOrchestrator(environment).run({...inputs, pageNames: ['test_healthy_large']});
		const schedule = scheduleOf(environment, 'test_healthy_large');
		const exporter = new SheetsExporter(contextOf(environment, 'test_healthy_large', {attempt: 3}));
		expect(await exporter.export({...schedule, messages: schedule.messages.slice(1)})).toMatchObject({status: 'SKIPPED', reason: expect.stringContaining('invalid')});
		expect(await exporter.export({...schedule, locks: {...schedule.locks, held: 0}})).toMatchObject({status: 'SKIPPED', reason: expect.stringContaining('locks are held')});
		// What the schedule says of its locks is not believed.
		environment.warehouse.locks.find(lock => lock.captionId === schedule.messages[0]!.caption_id)!.isActive = false;
		const later = new SheetsExporter(contextOf(environment, 'test_healthy_large', {attempt: 4}));
		expect(await later.export(schedule)).toMatchObject({status: 'SKIPPED', reason: `invalid: message 1: no lock is held for caption ${schedule.messages[0]!.caption_id}`});
	});
});

describe('the schedule builder agent', () => {
	it('is exported under its own name', () => {
		expect(scheduleBuilder.name).toBe('schedule_builder');
	});
});
