// One refusal for each missing piece, before any request.
import {describe, expect, it} from 'vitest';
import {definedDatasets, isScratchDataset, jobProblem, type Guard} from '../../source/cloud/bigquery/guard.js';
import {planHash} from '../../source/domain/ids.js';

const production = 'eros_scheduling_brain';
const valid = {leaseEpoch: 4, provenRestorePoint: 'rp_1', planHash: planHash('7f3a91c2')};
const guard: Guard = {productionDataset: production, valid: () => valid};
const sound = {sql: 'CALL p()', mutates: [production], authority: {leaseEpoch: 4, provenRestorePoint: 'rp_1', planHash: planHash('7f3a91c2')}, maximumBytesBilled: 10_000_000, labels: {eros_run: 'r'}};

describe('the guard', () => {
	it('lets a complete change of production through', () => {
		expect(jobProblem(guard, sound)).toBeUndefined();
	});

	it.each([
		['authority', {authority: undefined}, 'it carries no authority'],
		['epoch', {authority: {...sound.authority, leaseEpoch: 3}}, 'its lease epoch 3 is not the current one, 4'],
		['restore point', {authority: {...sound.authority, provenRestorePoint: ''}}, 'its restore point is not a proven one'],
		['another restore point', {authority: {...sound.authority, provenRestorePoint: 'rp_0'}}, 'its restore point is not a proven one'],
		['plan hash', {authority: {...sound.authority, planHash: planHash('00000000')}}, 'its plan hash is not that of the current plan'],
		['byte cap', {maximumBytesBilled: 0}, 'it has no cap on billed bytes'],
		['a cap that is no number', {maximumBytesBilled: Number.NaN}, 'it has no cap on billed bytes'],
		['labels', {labels: {}}, 'it carries no labels'],
	])('refuses a change without %s', (_name, change, problem) => {
		const {authority, ...rest} = {...sound, ...change};
		expect(jobProblem(guard, {...rest, ...(authority === undefined ? {} : {authority})})).toBe(problem);
	});

	it.each([
		['lease', {leaseEpoch: undefined}, 'the lease is not held'],
		['restore point', {provenRestorePoint: undefined}, 'its restore point is not a proven one'],
		['plan', {planHash: undefined}, 'its plan hash is not that of the current plan'],
	])('refuses every change while no %s is valid', (_name, change, problem) => {
		expect(jobProblem({...guard, valid: () => ({...valid, ...change})}, sound)).toBe(problem);
	});

	it('leaves other datasets alone', () => {
		expect(jobProblem(guard, {sql: 'CREATE TABLE `p.eros_scheduling_brain_staging_1.t` (a INT64)', mutates: [`${production}_staging_1`], maximumBytesBilled: 0, labels: {}})).toBeUndefined();
	});

	it('refuses definitions of production that are not declared', () => {
		expect(jobProblem(guard, {sql: 'CREATE OR REPLACE VIEW `p`.eros_scheduling_brain.v AS SELECT 1', mutates: [], maximumBytesBilled: 1, labels: {}})).toBe('it changes definitions in eros_scheduling_brain without saying so');
		expect(jobProblem(guard, {sql: 'DROP PROCEDURE IF EXISTS sweep', defaultDataset: production, mutates: [], maximumBytesBilled: 1, labels: {}})).toContain('without saying so');
		expect(jobProblem(guard, {sql: 'DROP SCHEMA eros_scheduling_brain CASCADE', mutates: [], maximumBytesBilled: 1, labels: {}})).toContain('without saying so');
	});

	it('lets the daily work change rows, never definitions', () => {
		const daily: Guard = {...guard, valid: () => ({...valid, provenRestorePoint: 'rows-only', rowWork: ['call lock_caption_assignments', 'merge schedule_recommendations', 'update active_caption_assignments']})};
		const authority = {...sound.authority, provenRestorePoint: 'rows-only'};
		expect(jobProblem(daily, {...sound, authority, sql: 'CALL eros_scheduling_brain.lock_caption_assignments(@id)'})).toBeUndefined();
		expect(jobProblem(daily, {...sound, authority, sql: 'MERGE INTO `p.eros_scheduling_brain.schedule_recommendations` AS s USING x ON s.a = x.a WHEN MATCHED THEN UPDATE SET a = 1 WHEN NOT MATCHED THEN INSERT ROW'})).toBeUndefined();
		expect(jobProblem(daily, {...sound, authority, sql: 'update eros_scheduling_brain . `active_caption_assignments` set is_active = FALSE where TRUE'})).toBeUndefined();
		expect(jobProblem(daily, {...sound, authority, sql: 'UPDATE eros_scheduling_brain.caption_bank SET price_tier = NULL WHERE TRUE'})).toBe('"update caption_bank" is not among the row changes that may be made without a restore point');
		expect(jobProblem(daily, {...sound, authority, sql: 'CALL eros_scheduling_brain.lock_caption_assignments(@id); INSERT eros_scheduling_brain.feature_flags (flag) VALUES (\'x\')'})).toContain('"insert feature_flags"');
		expect(jobProblem(daily, {...sound, authority, sql: 'DELETE FROM eros_scheduling_brain.active_caption_assignments WHERE TRUE'})).toContain('it deletes rows');
		expect(jobProblem(daily, {...sound, authority, sql: 'EXECUTE IMMEDIATE @text'})).toContain('what can\'t be read here');
		expect(jobProblem(daily, {...sound, authority, sql: 'SELECT 1'})).toBe('what it changes can\'t be read from its text');
		expect(jobProblem({...daily, valid: () => ({...valid, provenRestorePoint: 'rows-only'})}, {...sound, authority, sql: 'CALL eros_scheduling_brain.lock_caption_assignments(@id)'})).toContain('not among the row changes');
		expect(jobProblem(daily, {...sound, authority, sql: 'CALL eros_scheduling_brain.lock_caption_assignments(@id)', maximumBytesBilled: 0})).toBe('it has no cap on billed bytes');
		expect(jobProblem(daily, {...sound, authority, sql: 'DROP TABLE eros_scheduling_brain.caption_bank'})).toBe('it changes definitions, and only rows may be changed without a restore point');
	});

	it('reads targets of definitions, not strings, comments or sources', () => {
		expect([...definedDatasets("SELECT 'DROP TABLE eros.t' -- DROP TABLE eros.t", undefined)]).toEqual([]);
		expect([...definedDatasets('CREATE SNAPSHOT TABLE `p.backup.t` CLONE `p.eros.t`', undefined)]).toEqual(['backup']);
		expect([...definedDatasets('CREATE TEMP TABLE t AS SELECT * FROM eros.t', 'eros')]).toEqual([]);
	});

	it.each([
		[`${production}_staging_7f3a91c2`, true],
		[`${production}_smoke_1`, true],
		[`${production}_scratch_1`, true],
		[production, false],
		[`${production}_backup_1`, false],
		[`${production}_staging_`, false],
		['other_staging_1', false],
		[`x_${production}_staging_1`, false],
	])('may delete %s: %s', (dataset, expected) => {
		expect(isScratchDataset(production, dataset)).toBe(expected);
	});
});
