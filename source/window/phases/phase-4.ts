// Phase 4: scripts, runbook and alerts, generated from the same manifest that is deployed.
import {minutes, phase} from '../task-spec.js';

export const phase4 = phase('4', 'Scripts and runbook', [
	{
		id: '4.1',
		title: 'Deployment script',
		dependsOn: ['3.5'],
		stepClass: 'external',
		expectedMs: 5 * minutes,
		undo: 'delete the script',
		seed: {
			'created-executable': 'Script created and executable',
			'idempotent': 'Idempotent (uses CREATE OR REPLACE)',
			'no-drop': 'No DROP statement',
			'logging': 'Comprehensive logging',
			'error-handling': 'Error handling (set -e)',
			'backup-first': 'Backup created before changes',
		},
		ours: {
			'every-object': 'Every object of the plan is in it, the view and the analyzer included',
			'parses': 'bash -n accepts it, and shellcheck where it is installed',
		},
	},
	{
		id: '4.2',
		title: 'Rollback script',
		dependsOn: ['4.1'],
		stepClass: 'external',
		expectedMs: 5 * minutes,
		undo: 'delete the script',
		seed: {
			'restores-backup': 'Restores from the latest backup',
			'snapshots-before': 'Creates a pre-rollback snapshot',
			'disables-schedules': 'Disables scheduled queries',
			'clears-locks': 'Clears caption locks',
			'sends-alerts': 'Sends alert notifications',
			'logging': 'Comprehensive logging',
		},
		ours: {
			'parses': 'bash -n accepts it, and shellcheck where it is installed',
		},
	},
	{
		id: '4.3',
		title: 'Runbook',
		dependsOn: ['4.2'],
		stepClass: 'external',
		expectedMs: 10 * minutes,
		undo: 'delete the document',
		seed: {
			'created': 'Runbook created',
			'operations-documented': 'All common operations documented',
			'emergencies-included': 'Emergency procedures included',
			'thresholds-defined': 'Monitoring thresholds defined',
		},
		ours: {
			'queries-run': 'Every query in it was run on staging',
		},
	},
	{
		id: '4.4',
		title: 'Alerts',
		dependsOn: ['4.3'],
		stepClass: 'external',
		expectedMs: 10 * minutes,
		undo: 'delete the metrics and policies by name',
		seed: {
			'cost-alerts': 'Cost alerts configured',
			'error-alerts': 'Error alerts configured',
			'mail-setup': 'E-mail notifications set up',
			'thresholds-documented': 'Alert thresholds documented',
		},
		ours: {
			'again-unchanged': 'A second set-up changes nothing',
		},
	},
]);
