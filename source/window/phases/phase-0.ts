// Phase 0, preparation: who, where, with what, and who has been told.
import {hours, phase, seconds} from '../task-spec.js';

export const phase0 = phase('0', 'Preparation', [
	{
		id: '0.1',
		title: 'Environment',
		dependsOn: [],
		stepClass: 'probe',
		expectedMs: 2 * seconds,
		undo: 'nothing to undo',
		seed: {
			'variables-set': 'Environment variables set',
			'values-echo': 'Values echo correctly',
			'no-empty-variable': 'No empty or undefined variable',
		},
		ours: {
			'names-valid': 'Project, dataset and time zone follow their grammar',
			'location-matches': 'The dataset exists and its location is the configured one',
			'dst-known': 'Daylight-saving changes within the next 24 hours are listed',
		},
	},
	{
		id: '0.2',
		title: 'Prerequisites',
		dependsOn: ['0.1'],
		stepClass: 'probe',
		expectedMs: 4 * seconds,
		ttlMs: hours,
		undo: 'nothing to undo',
		seed: {
			'bq-installed': 'bq command installed and working',
			'authenticated': 'gcloud or default credentials authenticated',
			'runtime-available': 'Runtime available (Node 20.12; the document says Python 3.9)',
			'packages-installed': 'All required packages installed',
			'permissions-verified': 'BigQuery admin permissions verified',
			'bucket-accessible': 'Storage bucket accessible',
		},
		ours: {
			'client-reachable': 'The warehouse answers a query of the official client',
			'identity-lasts': 'The credential outlives the window',
			'clock-agrees': 'The clocks of this machine and the warehouse agree within 30 seconds',
		},
	},
	{
		id: '0.3',
		title: 'Notification',
		dependsOn: ['0.2'],
		stepClass: 'external',
		expectedMs: 2 * hours,
		isSkippable: true,
		undo: 'send a correction',
		seed: {
			'team-mailed': 'Deployment team mailed with the schedule',
			'channel-created': 'Chat channel for the deployment created',
			'plan-shared': 'Deployment plan document shared',
			'window-scheduled': 'Deployment window scheduled in a low-traffic period',
		},
		ours: {
			'calendar-attached': 'The calendar entry carries the window in its own time zone',
		},
	},
]);
