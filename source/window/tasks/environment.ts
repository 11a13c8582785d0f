// 0.1 Environment: the values everything else stands on, checked and written down.
import type {StepContext} from '../../engine/task.js';
import {findBadNames} from '../../objects/names.js';
import {checksOf, listNames} from '../criteria.js';
import {targetNames} from '../deploy-set.js';
import {zoneTransitions} from '../zone-time.js';

const dayMs = 86_400_000;

/** Checks settings, dataset and location; says which daylight-saving changes fall into the monitoring. */
export const runEnvironment = async (context: StepContext): Promise<string> => {
	const {check, require} = checksOf(context);
	const {settings, ports} = context;
	const values = {project: settings.project, dataset: settings.dataset, location: settings.location, timeZone: settings.timeZone, deploymentDate: settings.deploymentDate};
	const entries = Object.entries(values);
	const empty = entries.filter(([, value]) => value.trim() === '' || value !== value.trim()).map(([name]) => name);
	for (const [name, value] of entries) {
		context.log(`${name} ${value}`);
	}

	check('variables-set', true, entries.map(([name, value]) => `${name}=${value}`).join(' '));
	check('values-echo', true, `${entries.length} values written to the log`);
	check('no-empty-variable', empty.length === 0, empty.length === 0 ? 'none is empty or padded with blanks' : `${listNames(empty)} is empty or padded`);
	const bad = findBadNames(targetNames(settings));
	require('names-valid', bad.length === 0, bad.length === 0 ? 'project, dataset, location and time zone are well formed' : bad.join('; '));
	const info = await ports.warehouse.findDataset(settings.dataset);
	require('location-matches', info !== undefined && info.location.toLowerCase() === settings.location.toLowerCase(), info === undefined ? `dataset ${settings.dataset} does not exist; create it with bq mk --location=${settings.location} ${settings.dataset}` : `${settings.dataset} is in ${info.location}`);
	const nowMs = ports.clock.now();
	const transitions = zoneTransitions(nowMs, nowMs + settings.windowMs + dayMs, settings.timeZone);
	check('dst-known', true, transitions.length === 0 ? 'no change of the offset in the window and the 24 hours after it' : transitions.map(({text}) => text).join(', '));
	return `${settings.project}.${settings.dataset} in ${settings.location}${transitions.length === 0 ? '' : ', DST change ahead'}`;
};
