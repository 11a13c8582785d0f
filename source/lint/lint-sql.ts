// The safety lint of one SQL text: rules over its syntax tree, procedure bodies and literal dynamic SQL included.
import {literalText} from '../objects/references.js';
import {parseSql} from '../objects/parsed-sql.js';
import {walkSyntax, type SyntaxNode} from '../objects/syntax-walk.js';
import {placeOf} from '../objects/template.js';
import type {CreateTable} from '../googlesql/syntax/ddl.js';
import type {Identifier} from '../googlesql/syntax/name.js';
import type {ExecuteImmediateStatement, Script} from '../googlesql/syntax/script.js';
import type {Finding, RawFinding} from './finding.js';
import {nodeRules, type ScriptNames} from './sql-statement-rules.js';
import {findTokenProblems} from './sql-token-rules.js';

// Stand-ins of the same length, so that a place in the rendered text is a place in the file.
const standIns: Readonly<Record<string, string>> = {
	'${dataset}': 'p_.dataset',
	'${region}': 'p_.region',
	'${dataset_name}': 'dataset_name___',
	'${timezone}': 'America/LA_',
};

const placeholderFindings = (text: string): readonly RawFinding[] =>
	[...text.matchAll(/\$\{[^}\n]*\}?/g)]
		.filter(([found]) => standIns[found] === undefined)
		.map(match => ({offset: match.index, rule: 'placeholder', severity: 'error', message: `unknown placeholder ${match[0]}; known are ${Object.keys(standIns).join(', ')}`}));

const withStandIns = (text: string): string => text.replaceAll(/\$\{[^}\n]*\}?/g, found => standIns[found] ?? '_'.repeat(found.length));

const namesIn = (script: Script): ScriptNames => {
	const temporary = new Set<string>();
	const common = new Set<string>();
	const aliases = new Set<string>();
	walkSyntax(script, node => {
		const {alias, name} = node as SyntaxNode & {readonly alias?: Identifier | undefined; readonly name?: Identifier | undefined};
		if (node.kind === 'create-table' && (node as CreateTable).isTemporary) {
			temporary.add((node as CreateTable).path.parts.at(-1)!.name.toLowerCase());
		} else if (node.kind === 'common-table-expression' && name !== undefined) {
			common.add(name.name.toLowerCase());
		} else if (node.kind === 'function-argument' && name !== undefined) {
			common.add(name.name.toLowerCase());
		} else if (alias !== undefined && alias !== null) {
			aliases.add(alias.name.toLowerCase());
		}
	});
	return {temporary, common, aliases};
};

/** Findings of a parsed script; those inside a literal of EXECUTE IMMEDIATE stand at the literal. */
const scriptFindings = (script: Script, names: ScriptNames): readonly RawFinding[] => {
	const findings: RawFinding[] = [];
	walkSyntax(script, (node, parents) => {
		const rule = nodeRules[node.kind];
		findings.push(...(rule?.(node, parents, names) ?? []).map(found => ({...found, offset: node.span.start})));
		const text = node.kind === 'execute-immediate' ? literalText((node as ExecuteImmediateStatement).sql) : undefined;
		if (text !== undefined) {
			const offset = (node as ExecuteImmediateStatement).sql.span.start;
			findings.push(...textFindings(text, names).map(found => ({...found, offset, message: `in dynamic SQL: ${found.message}`})));
		}
	});
	return findings;
};

const merged = (a: ScriptNames, b: ScriptNames): ScriptNames => ({
	temporary: new Set([...a.temporary, ...b.temporary]),
	common: new Set([...a.common, ...b.common]),
	aliases: new Set([...a.aliases, ...b.aliases]),
});

const noNames: ScriptNames = {temporary: new Set(), common: new Set(), aliases: new Set()};

const textFindings = (text: string, outer: ScriptNames): readonly RawFinding[] => {
	const parsed = parseSql(text);
	if (parsed.ok) {
		return scriptFindings(parsed.script, merged(outer, namesIn(parsed.script)));
	}

	const better = findTokenProblems(text);
	const offset = text.split('\n').slice(0, parsed.line - 1).reduce((sum, line) => sum + line.length + 1, 0) + parsed.column - 1;
	// A rule that names the mistake replaces the parser's own words for it; anything else is a syntax error.
	return better.length > 0 ? better : [{offset, rule: 'syntax', severity: 'error', message: parsed.message}];
};

/** `-- lint-allow: rule reason` on the line before, or on the same line, lets one finding of that rule pass. */
const isAllowed = (lines: readonly string[], {line, rule}: Finding): boolean =>
	[lines[line - 1], lines[line - 2]].some(text => new RegExp(String.raw`--\s*lint-allow:\s*${rule}\s+\S`).test(text ?? ''));

/**
 * Lints one SQL text.
 * @param path only shown, never read.
 * @returns findings in the order of the text.
 */
export const lintSql = (path: string, text: string): readonly Finding[] => {
	const lines = text.split('\n');
	return [...placeholderFindings(text), ...textFindings(withStandIns(text), noNames)]
		.sort((a, b) => a.offset - b.offset)
		.map(({offset, rule, severity, message}) => ({path, ...placeOf(text, offset), rule, severity, message}))
		.filter(finding => !isAllowed(lines, finding));
};
