import {createHash} from 'node:crypto';
import {execFileSync} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {afterAll, describe, expect, it} from 'vitest';
import type {RunState} from '../../../source/domain/run-state.js';
import {initialRunState} from '../../../source/domain/run-reducer.js';
import {planHash, taskId, runId} from '../../../source/domain/ids.js';
import {lintShell} from '../../../source/lint/lint-shell.js';
import {renderDeployScript} from '../../../source/report/documents/deploy-script.js';
import {renderDeploymentSummary, summaryFileName} from '../../../source/report/documents/deployment-summary.js';
import {renderRollbackScript, restoringStatement} from '../../../source/report/documents/rollback-script.js';
import {renderRunbook, runbookQueries} from '../../../source/report/documents/runbook.js';
import {renderStakeholderMessage} from '../../../source/report/documents/stakeholder-message.js';
import {readSummaryFacts, type SummaryFacts} from '../../../source/report/documents/summary-facts.js';
import {contradictions} from '../../../source/window/contradictions.js';
import {renderPlanText} from '../../../source/report/documents/plan-text.js';
import {renderWindowPlan} from '../../../source/report/documents/window-notice.js';
import {lintSql} from '../../../source/lint/lint-sql.js';
import {windowSpec} from '../../../source/window/window-spec.js';

const folder = mkdtempSync(path.join(os.tmpdir(), 'eros-documents-'));
afterAll(() => {
	rmSync(folder, {recursive: true});
});

const target = {project: 'of-scheduler-proj', dataset: 'eros_scheduling_brain', location: 'US', timeZone: 'America/Los_Angeles', maximumBytesBilled: 1e10};
const schedules = [{displayName: 'EROS: health_check', schedule: 'every 1 hours', query: 'CALL `p.d.run_health_check`()'}];
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const deployFiles = renderDeployScript({
	target,
	objects: [
		{kind: 'table', name: 'feature_flags', sql: 'CREATE TABLE IF NOT EXISTS `p.d.feature_flags` (flag STRING)'},
		{kind: 'function', name: 'wilson_sample', sql: 'CREATE OR REPLACE FUNCTION `p.d.wilson_sample`() AS (1)'},
		{kind: 'procedure', name: 'analyze_creator_performance', sql: 'CREATE OR REPLACE PROCEDURE `p.d.analyze_creator_performance`()\nBEGIN\n  SELECT 1;\nEND'},
		{kind: 'view', name: 'schedule_recommendations_with_messages', sql: 'CREATE OR REPLACE VIEW `p.d.v` AS SELECT 1 AS x'},
	],
	schedules,
	smoke: [{name: 'view', sql: 'SELECT 1'}],
	planHash: '7f3a-91c2',
	run: '7f3a91c2',
	sha256,
});

const rollbackFiles = renderRollbackScript({
	target,
	run: '7f3a91c2',
	planHash: '7f3a-91c2',
	restoreDataset: 'eros_scheduling_brain_backup_20251103_171204',
	former: [{kind: 'routine', name: 'wilson_sample', sql: 'CREATE FUNCTION `p.d.wilson_sample`() AS (2)'}],
	created: ['run_health_check'],
	schedules,
	deployedFrom: '2025-11-03T17:12:04.000Z',
});

const scriptOf = (files: readonly {readonly name: string; readonly content: string}[], name: string): string => files.find(file => file.name === name)!.content;

const parse = (name: string, text: string): void => {
	const file = path.join(folder, name);
	writeFileSync(file, text);
	execFileSync('bash', ['-n', file]);
};

describe('the generated scripts', () => {
	const deploy = scriptOf(deployFiles, 'deploy_production.sh');
	const rollback = scriptOf(rollbackFiles, 'rollback.sh');

	it('parse, and keep the rules of the lint', () => {
		parse('deploy.sh', deploy);
		parse('rollback.sh', rollback);
		expect(lintShell('deploy.sh', deploy)).toEqual([]);
		expect(lintShell('rollback.sh', rollback)).toEqual([]);
	});

	it('back up before they change anything, and enable schedules last', () => {
		const places = ['\nbackup\n', '\ndeploy 2 ', '\nupsert_schedule ', 'Step 7 of 7', '\nenable_schedule '].map(text => deploy.lastIndexOf(text));
		expect(places.every(place => place > 0)).toBe(true);
		expect([...places].sort((a, b) => a - b)).toEqual(places);
	});

	it('hold every object, the view and the analyzer included, and drop nothing', () => {
		for (const name of ['feature_flags', 'wilson_sample', 'analyze_creator_performance', 'schedule_recommendations_with_messages', 'EROS: health_check']) {
			expect(deploy).toContain(name);
		}

		expect(deployFiles.map(({content}) => content).join('\n')).not.toMatch(/\bDROP\b/);
	});

	it('name the digest of every file they read', () => {
		const sums = scriptOf(deployFiles, 'SHA256SUMS');
		for (const {name, content} of deployFiles.filter(file => file.name.startsWith('sql/'))) {
			expect(sums).toContain(`${sha256(content)}  ${name}`);
		}
	});

	it('put former definitions back instead of dropping', () => {
		expect(restoringStatement('CREATE FUNCTION f() AS (1)')).toBe('CREATE OR REPLACE FUNCTION f() AS (1)');
		expect(restoringStatement('CREATE OR REPLACE VIEW v AS SELECT 1')).toBe('CREATE OR REPLACE VIEW v AS SELECT 1');
		expect(rollback).toContain('run_health_check did not exist before; it stays in place');
	});

	it('quote names so that the shell reads them as text', () => {
		const files = renderDeployScript({target, objects: [], schedules: [{displayName: 'it\'s $(id)', schedule: 'every day 09:07', query: 'SELECT 1'}], smoke: [], planHash: '7f3a-91c2', run: 'r', sha256});
		const text = scriptOf(files, 'deploy_production.sh');
		parse('quoted.sh', text);
		expect(text).toContain(String.raw`'it'\''s $(id)'`);
	});
});

describe('the runbook', () => {
	const content = {...target, expectedDailyCostMicros: 10_000_000, costCapMicros: 20_000_000, pricePerTibMicros: 6_250_000, schedules: [{displayName: 'EROS: health_check', schedule: 'every 1 hours', localTime: 'every hour at :37'}], contacts: [{name: 'On call', email: 'oncall@example.com', role: 'on-call'}], verifiedAt: '2025-11-03T17:00:00Z'};

	it('has a statement that parses for each query, and no placeholder', () => {
		const text = renderRunbook(content);
		for (const {sql} of runbookQueries(content)) {
			expect(text).toContain(sql);
			expect(lintSql('runbook.sql', sql).filter(({severity}) => severity === 'error')).toEqual([]);
		}

		expect(text).not.toMatch(/undefined|NaN|\$\{|\[NAME]|FILL IN/);
		expect(text).toContain('oncall@example.com');
		expect(text.match(/^````/gm)!.length % 2).toBe(0);
	});
});

const facts: SummaryFacts = {
	verdict: 'DEPLOYED', run: '7f3a91c2', project: 'of-scheduler-proj', dataset: 'eros_scheduling_brain', deployedBy: 'operator@example.com', planHash: '7f3a91c2',
	startedAtMs: Date.parse('2025-11-03T17:00:00Z'), deployedAtMs: Date.parse('2025-11-03T20:04:00Z'), deploymentMs: 1_920_000,
	smoke: [{number: 1, name: 'Analyzer', passed: true, durationMs: 800, limitMs: 10_000}],
	score: 96, p50Ms: 210, p95Ms: 900, costMicros: 2100, errorRate: 0.003, jobs: 368, schedulesCreated: 38, samples: 20, issues: [], rollbacks: [],
	criteria: {auto: 200, attested: 4, 'n/a': 3, failed: 0, 'no-data': 0, unchecked: 10}, unchecked: ['5.4 Week 1: monitoring alerts work'],
};
const summary = (changed: Partial<SummaryFacts>): string => renderDeploymentSummary({facts: {...facts, ...changed}, objects: [{kind: 'function', name: 'wilson_sample', action: 'replace'}], timeZone: target.timeZone, recipients: [], nextReview: '2025-11-10'});
const message = (changed: Partial<SummaryFacts>): {readonly subject: string; readonly text: string} => renderStakeholderMessage({facts: {...facts, ...changed}, objectCount: 40, timeZone: target.timeZone, documents: [{title: 'Summary', place: 'summary.md'}], contacts: [], nextReview: '2025-11-10'});

describe('the summary', () => {
	it('says what was measured', () => {
		const text = summary({});
		expect(text).toContain('**Date:** 2025-11-03 12:04 PST');
		expect(text).toContain('Health score: 96/100');
		expect(text).toContain('Test #1 (Analyzer): PASSED');
		expect(text).toContain('5.4 Week 1: monitoring alerts work');
		expect(text).not.toMatch(/FILL IN|undefined|NaN/);
		expect(summaryFileName(Date.parse('2025-11-04T07:30:00Z'), target.timeZone)).toBe('DEPLOYMENT_SUMMARY_20251103.md');
	});

	it('is refused while anything is unknown, and names all of it', () => {
		expect(() => summary({score: undefined, costMicros: undefined})).toThrow('the health score, the cost are not known');
		expect(() => summary({deployedBy: ''})).toThrow('who deployed is not known');
		expect(() => summary({issues: ['[FILL IN]']})).toThrow('FILL IN');
	});

	it('needs no metrics of a deployment that was rolled back', () => {
		expect(summary({verdict: 'ROLLED BACK', score: undefined, p50Ms: undefined, rollbacks: ['To restore point R: health 65']})).toContain('not measured');
	});

	it('reads an empty run as failed, never as deployed', () => {
		expect(readSummaryFacts(initialRunState, 'operator@example.com').verdict).toBe('FAILED');
	});

	it('reads a rollback from the state', () => {
		const state: RunState = {...initialRunState, run: runId('7f3a91c2'), rollback: {restorePoint: 'R7', reason: 'health 65 twice', components: 'all', startedAtMs: 0, steps: []}};
		const read = readSummaryFacts(state, 'operator@example.com');
		expect(read.verdict).toBe('ROLLED BACK');
		expect(read.rollbacks).toEqual(['To restore point R7: health 65 twice']);
	});
});

describe('the message', () => {
	it('says how it ended in subject and text', () => {
		expect(message({}).subject).toBe('EROS production deployment: DEPLOYED');
		expect(message({verdict: 'FAILED'}).text).toContain('FAILED');
		expect(message({verdict: 'ROLLED BACK'}).subject).toContain('ROLLED BACK');
		expect(message({verdict: 'ROLLED BACK'}).text).toContain('Production stands as it did before');
	});
});

describe('the plan as text', () => {
	it('shows action, reach and hash, and nothing of what is unchanged', () => {
		const text = renderPlanText({target: 'p.d (US)', hash: planHash('7f3a91c2'), bytes: 84_000_000, costMicros: 500, unmeasured: 1, objects: [
			{kind: 'function', name: 'f', action: 'replace', detail: 'definition differs', diff: '- 1\n+ 2', dependants: ['p']},
			{kind: 'view', name: 'v', action: 'unchanged', detail: 'equal', diff: '', dependants: []},
		]});
		expect(text).toContain('~ replace   function        f  definition differs\n      reaches p\n      - 1\n      + 2');
		expect(text).toContain('Plan hash 7f3a-91c2');
		expect(text).not.toContain(' v ');
	});

	it('lists every task of the window in the shared document', () => {
		const text = renderWindowPlan(windowSpec);
		expect(text).toContain(`### ${taskId('5.4')} Stakeholders`);
		expect(text).toContain('31 tasks');
	});
});

describe('the plan for people', () => {
	it('says who calls, which rules are applied, and stays within 80 columns', () => {
		const content = {target: 'of-scheduler-proj.eros_scheduling_brain (US)', hash: planHash('7f3a91c2'), bytes: 84_000_000, costMicros: 500, unmeasured: 21, rules: contradictions, objects: [
			{kind: 'table function', name: 'get_recent_performance_window_of_a_page', action: 'alter' as const, detail: 'adds deactivated_at, deactivation_reason, assignment_key and schedule_id', diff: '', dependants: ['select_captions_for_creator', 'analyze_creator_performance', 'schedule_recommendations_with_messages']},
		]};
		const text = renderPlanText({...content, callers: ['looker@of-scheduler-proj.iam.gserviceaccount.com: available_captions 41, caption_bank 12, caption_bandit_stats 3 and 4 more']});
		expect(text.split('\n').filter(line => [...line].length > 80)).toEqual([]);
		expect(text).toContain('Callers in the last 30 days, jobs by object\n  looker@of-scheduler-proj.iam.gserviceaccount.com: available_captions 41,');
		expect(text).toContain('  Backup    lane A changes production at T+15, the backup comes in phase 5\n          → restore point before any change;');
		expect(renderPlanText({...content, callers: []})).toContain('nobody outside of our own runs');
		expect(renderPlanText(content)).toContain('the job history can\'t be read');
	});
});
