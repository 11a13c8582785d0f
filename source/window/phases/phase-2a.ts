// Phase 2A, lane A: every object is deployed to the staging dataset, called and measured there.
import {minutes, phase} from '../task-spec.js';

export const phase2A = phase('2A', 'BigQuery hardening', [
	{
		id: '2A.0',
		title: 'Restore point',
		dependsOn: ['1.4'],
		stepClass: 'ddl',
		expectedMs: 5 * minutes,
		undo: 'the restore point expires by itself',
		seed: {},
		ours: {
			'tables-saved': 'A snapshot of every table in the write set, taken at one instant',
			'code-saved': 'The DDL of all routines and views is saved',
			'schedules-saved': 'All scheduled queries are saved',
			'restore-proven': 'A restore into scratch equals its source by content',
			'staging-ready': 'The staging dataset stands with its tables and the test page',
		},
	},
	{
		id: '2A.1',
		title: 'UDFs',
		dependsOn: ['2A.0'],
		stepClass: 'ddl',
		expectedMs: 2 * minutes,
		undo: 'the staging dataset is removed',
		seed: {
			'udfs-created': 'Both UDFs created',
			'no-create-session': 'No CREATE SESSION statement in SQL',
			'udfs-valid': 'UDFs return valid results',
			'test-queries-pass': 'Test queries pass',
		},
		ours: {
			'vectors-equal': 'Golden vectors equal to ten digits',
			'sampler-spread': '1,000 draws of wilson_sample(50, 50) have the expected mean and spread',
		},
	},
	{
		id: '2A.2',
		title: 'TVFs',
		dependsOn: ['2A.1'],
		stepClass: 'ddl',
		expectedMs: 3 * minutes,
		undo: 'the staging dataset is removed',
		seed: {
			'tvfs-created': 'All 7 TVFs created',
			'no-session-settings': 'No session-level setting in SQL',
			'schemas-expected': 'Test queries return the expected schema',
			'under-five-seconds': 'Each TVF answers in less than 5 seconds',
		},
		ours: {
			'unknown-page': 'Each TVF answers for an unknown page',
			'helpers-created': 'The helper TVFs and the views they read are created',
		},
	},
	{
		id: '2A.3',
		title: 'Procedures',
		dependsOn: ['2A.2'],
		stepClass: 'ddl',
		expectedMs: 5 * minutes,
		undo: 'the staging dataset is removed',
		seed: {
			'procedures-created': 'All 4 procedures created',
			'no-session-settings': 'No session setting (SAFE_DIVIDE used instead)',
			'callable': 'Procedures callable without error',
			'idempotent': 'Idempotent (safe to run again)',
		},
		ours: {
			'helpers-created': 'The sweep, the daily automation and the health check are created; sweep and health check are called',
		},
	},
	{
		id: '2A.4',
		title: 'View',
		dependsOn: ['2A.3'],
		stepClass: 'ddl',
		expectedMs: 2 * minutes,
		undo: 'the staging dataset is removed',
		seed: {
			'view-created': 'View created',
			'under-two-seconds': 'Query performance under 2 seconds',
			'columns-present': 'All expected columns present',
		},
		ours: {
			'rows-plausible': 'Every schedule of the base table appears in the view',
		},
	},
	{
		id: '2A.5',
		title: 'Scheduled queries',
		dependsOn: ['2A.4'],
		stepClass: 'external',
		expectedMs: 5 * minutes,
		note: 'created disabled; enabled in 5.1',
		undo: 'the staging schedules are removed',
		seed: {
			'schedules-created': 'All scheduled queries created',
			'time-zone-correct': 'Correct time zone (America/Los_Angeles)',
			'no-overlap': 'No overlapping schedules',
			'mail-configured': 'E-mail notifications configured',
			'lane-objects-exist': 'Lane A: all database objects exist',
			'lane-nothing-destroyed': 'Lane A: no destructive DDL executed',
			'lane-validation-passes': 'Lane A: all validation queries pass',
			'lane-documents-updated': 'Lane A: documentation updated',
		},
		ours: {
			'created-disabled': 'Every scheduled query stands disabled until 5.1',
			'again-unchanged': 'Deploying a second time changes no definition',
			'next-firings': 'The next firings are known in UTC and in business time',
		},
	},
], 'A');
