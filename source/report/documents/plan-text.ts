// The plan as people read it: what would change, in order, and what depends on it.
import {formatBytes, formatCount, formatMoney} from '../../domain/wording/amount.js';
import {formatPlanHash, type PlanHash} from '../../domain/ids.js';

export type PlanTextObject = {readonly kind: string; readonly name: string; readonly action: 'create' | 'replace' | 'alter' | 'unchanged'; readonly detail: string; readonly diff: string; readonly dependants: readonly string[]};

export type PlanTextContent = {
	readonly target: string;
	readonly hash: PlanHash;
	readonly objects: readonly PlanTextObject[];
	readonly bytes: number;
	readonly costMicros: number;
	/** Objects that could not be dry-run because something they need does not stand yet. */
	readonly unmeasured: number;
};

const sign = {create: '+', replace: '~', alter: '~', unchanged: ' '} as const;

const indent = (text: string): string => text.split('\n').map(line => `      ${line}`).join('\n');

const objectText = ({kind, name, action, detail, diff, dependants}: PlanTextObject): string => {
	const head = `${sign[action]} ${action.padEnd(9)} ${kind.padEnd(15)} ${name}  ${detail}`.trimEnd();
	const reach = dependants.length === 0 ? '' : `\n      reaches ${dependants.length <= 6 ? dependants.join(', ') : `${dependants.slice(0, 6).join(', ')} and ${dependants.length - 6} more`}`;
	return `${head}${reach}${action === 'create' || diff === '' ? '' : `\n${indent(diff)}`}`;
};

/** The plan as lines; ends with the hash that an approval names. */
export const renderPlanText = ({target, hash, objects, bytes, costMicros, unmeasured}: PlanTextContent): string => {
	const changing = objects.filter(({action}) => action !== 'unchanged');
	const count = (action: PlanTextObject['action']): number => objects.filter(object => object.action === action).length;
	const body = changing.length === 0 ? 'No change: every object equals its file.' : changing.map(object => objectText(object)).join('\n');
	const measured = unmeasured === 0 ? '' : `, ${formatCount(unmeasured, 'object')} can't be dry-run before what it needs stands`;
	return `Plan for ${target}, in dependency order

${body}

${count('create')} to create, ${count('replace')} to replace, ${count('alter')} to alter, ${count('unchanged')} unchanged, 0 to drop
Dry run: ${formatBytes(bytes)}, ${formatMoney(costMicros)}${measured}
Plan hash ${formatPlanHash(hash)}
`;
};
