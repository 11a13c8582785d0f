// Who asks for the objects that a deployment changes: the blast radius outside of our own files.
import type {QueryParameter, Row} from '../ports/warehouse.js';

export const callersPath = 'sql/monitoring/callers.sql';

/** Parameters of callers.sql. */
export const callerParameters = (names: readonly string[]): readonly QueryParameter[] => [{name: 'names', type: 'ARRAY<STRING>', value: names}];

export type Caller = {readonly principal: string; readonly jobs: number; readonly objects: readonly {readonly name: string; readonly jobs: number}[]};

/** Groups the rows of callers.sql by who called, the busiest first. A job that names two objects counts for both. */
export const callersOf = (rows: readonly Row[]): readonly Caller[] => {
	const byPrincipal = new Map<string, {name: string; jobs: number}[]>();
	for (const row of rows) {
		const principal = String(row['user_email']);
		byPrincipal.set(principal, [...byPrincipal.get(principal) ?? [], {name: String(row['object']), jobs: Number(row['jobs'])}]);
	}

	return [...byPrincipal]
		.map(([principal, objects]) => ({principal, jobs: Math.max(...objects.map(({jobs}) => jobs)), objects: objects.toSorted((a, b) => b.jobs - a.jobs || a.name.localeCompare(b.name))}))
		.toSorted((a, b) => b.jobs - a.jobs || a.principal.localeCompare(b.principal));
};

/** `looker@example.com: caption_bank 41, available_captions 12 and 3 more`, one text a caller. */
export const describeCallers = (callers: readonly Caller[], shown = 5): readonly string[] =>
	callers.slice(0, shown).map(({principal, objects}) => `${principal}: ${objects.slice(0, 3).map(({name, jobs}) => `${name} ${jobs}`).join(', ')}${objects.length > 3 ? ` and ${objects.length - 3} more` : ''}`);
