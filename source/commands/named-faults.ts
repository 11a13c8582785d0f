// `rehearse --faults`: names of the drill list, as faults of the warehouse's switchboard.
import {UsageError} from '../domain/usage-error.js';
import {faultCatalogue, type CatalogueEntry, type SwitchboardFault} from './fault-catalogue.js';

type Injectable = Extract<CatalogueEntry, {readonly inject: unknown}>;

const isInjectable = (entry: CatalogueEntry): entry is Injectable => 'inject' in entry;

const entries = Object.entries(faultCatalogue);
const survived = entries.filter(([, entry]) => isInjectable(entry) && entry.isSurvived).map(([name]) => name);
const width = Math.max(...entries.map(([name]) => name.length));

/** The drill list as a person reads it: what a rehearsal can be asked for, and what does the rest. */
export const describeFaults = (): string => {
	const line = ([name, entry]: readonly [string, CatalogueEntry]): string => `  ${name.padEnd(width)}  ${entry.means}\n  ${' '.repeat(width)}  -> ${entry.ends}${isInjectable(entry) || entry.command === undefined ? '' : ` Run: ${entry.command}`}`;
	const [asked, elsewhere] = [entries.filter(([, entry]) => isInjectable(entry)), entries.filter(([, entry]) => !isInjectable(entry))];
	return ['all: the faults that a rehearsal gets over', ...asked.map(item => line(item)), 'Not with --faults:', ...elsewhere.map(item => line(item))].join('\n');
};

const refuse = (value: string, accepted: string, fix: string): never => {
	throw new UsageError([{field: '--faults', value, accepted, fix}]);
};

/**
 * Reads `--faults`: names separated by commas, or `all` for those that a rehearsal gets over.
 * @throws UsageError for a name that is not in the catalogue, or that a rehearsal cannot be asked for.
 */
export const namedFaults = (value: unknown): readonly SwitchboardFault[] => {
	if (value === undefined) {
		return [];
	}

	const names = value === 'all' ? survived : String(value).split(',').map(name => name.trim()).filter(name => name !== '');
	if (names.length === 0) {
		refuse(String(value), `all, or names of:\n${describeFaults()}`, 'eros-tui rehearse --faults lost-answer');
	}

	return names.flatMap(name => {
		const entry = Object.hasOwn(faultCatalogue, name) ? faultCatalogue[name] : undefined;
		if (entry === undefined) {
			return refuse(name, `all, or names of:\n${describeFaults()}`, 'eros-tui rehearse --faults lost-answer');
		}

		return isInjectable(entry) ? entry.inject.map(fault => ({name, ...fault})) : refuse(name, `a fault that a rehearsal can be asked for; ${name} is not: ${entry.means}`, entry.command ?? `${entry.ends} Others: eros-tui rehearse --faults help`);
	});
};

/** A fault aimed at the datasets of a run. */
export const aimFault = (fault: SwitchboardFault, {project, dataset, stagingDataset}: {readonly project: string; readonly dataset: string; readonly stagingDataset: string}): SwitchboardFault =>
	typeof fault['sql'] === 'string' ? {...fault, sql: fault['sql'].replaceAll('{dataset}', `${project}.${dataset}`).replaceAll('{staging}', `${project}.${stagingDataset}`)} : fault;
