// The plan as people read it: what would change, in order, and what depends on it.
import {formatBytes, formatCount, formatMoney} from '../../domain/wording/amount.js';
import {formatPlanHash, type PlanHash} from '../../domain/ids.js';
import {wrapCells} from '../../terminal/cell-width.js';

export type PlanTextObject = {readonly kind: string; readonly name: string; readonly action: 'create' | 'replace' | 'alter' | 'unchanged'; readonly detail: string; readonly diff: string; readonly dependants: readonly string[]};

export type PlanTextContent = {
	readonly target: string;
	readonly hash: PlanHash;
	readonly objects: readonly PlanTextObject[];
	readonly bytes: number;
	readonly costMicros: number;
	/** Objects that could not be dry-run because something they need does not stand yet. */
	readonly unmeasured: number;
	/** Who asked for the changing objects in the last 30 days, one text a caller; undefined when the job history can't be read. */
	readonly callers?: readonly string[] | undefined;
	/** Where the deployment document contradicts itself, and what is done instead. */
	readonly rules?: readonly {readonly topic: string; readonly document: string; readonly rule: string}[];
};

const width = 80;

/** Text under a head, every line indented alike and within the width; what is too long is wrapped, never cut. */
const hanging = (head: string, text: string): string =>
	wrapCells(text, width - head.length, 100).map((line, index) => `${index === 0 ? head : ' '.repeat(head.length)}${line}`.trimEnd()).join('\n');

const sign = {create: '+', replace: '~', alter: '~', unchanged: ' '} as const;

const indent = (text: string): string => text.split('\n').map(line => `      ${line}`).join('\n');

const objectText = ({kind, name, action, detail, diff, dependants}: PlanTextObject): string => {
	const head = `${sign[action]} ${action.padEnd(9)} ${kind.padEnd(15)} ${name}`;
	const isShort = head.length + 2 + detail.length <= width;
	const lines = [
		isShort ? `${head}  ${detail}`.trimEnd() : `${head}\n${hanging('      ', detail)}`,
		...(dependants.length === 0 ? [] : [hanging('      reaches ', dependants.length <= 6 ? dependants.join(', ') : `${dependants.slice(0, 6).join(', ')} and ${dependants.length - 6} more`)]),
		...(action === 'create' || diff === '' ? [] : [indent(diff)]),
	];
	return lines.join('\n');
};

const callersText = (callers: PlanTextContent['callers']): string => {
	if (callers === undefined) {
		return 'Callers in the last 30 days: the job history can\'t be read';
	}

	return callers.length === 0 ? 'Callers in the last 30 days: nobody outside of our own runs' : `Callers in the last 30 days, jobs by object\n${callers.map(caller => hanging('  ', caller)).join('\n')}`;
};

const rulesText = (rules: PlanTextContent['rules']): string =>
	rules === undefined || rules.length === 0 ? '' : `\nWhere the document contradicts itself, and the rule applied\n${rules.map(({topic, document, rule}) => `${hanging(`  ${topic.padEnd(10)}`, document)}\n${hanging('          → ', rule)}`).join('\n')}\n`;

/** The plan as lines; ends with the hash that an approval names. */
export const renderPlanText = ({target, hash, objects, bytes, costMicros, unmeasured, callers, rules}: PlanTextContent): string => {
	const changing = objects.filter(({action}) => action !== 'unchanged');
	const count = (action: PlanTextObject['action']): number => objects.filter(object => object.action === action).length;
	const body = changing.length === 0 ? 'No change: every object equals its file.' : changing.map(object => objectText(object)).join('\n');
	const measured = unmeasured === 0 ? '' : `, ${formatCount(unmeasured, 'object')} can't be dry-run before what it needs stands`;
	return `Plan for ${target}, in dependency order

${body}

${count('create')} to create, ${count('replace')} to replace, ${count('alter')} to alter, ${count('unchanged')} unchanged, 0 to drop
${hanging('Dry run: ', `${formatBytes(bytes)}, ${formatMoney(costMicros)}${measured}`)}
${callersText(callers)}
${rulesText(rules)}Plan hash ${formatPlanHash(hash)}
`;
};
