// The safety lint of one shell script, the SQL in its here-documents and quoted arguments included.
import {placeOf} from '../objects/template.js';
import type {Finding, RawFinding} from './finding.js';
import {lintSql} from './lint-sql.js';
import {readShellText, type ShellText} from './shell-text.js';

type ShellRule = {
	readonly rule: string;
	readonly severity: RawFinding['severity'];
	readonly pattern: RegExp;
	readonly message: string;
	readonly unless?: (code: string) => boolean;
};

const hasPipefail = (code: string): boolean => /\bset\s+[^\n]*-[a-z]*o?\s*pipefail/.test(code) || /\bset\s+-o\s+pipefail/.test(code);
const hasErrorExit = (code: string): boolean => /\bset\s+-[a-z]*e/.test(code) || /\bset\s+-o\s+errexit/.test(code);
const mutating = String.raw`\b(?:bq\s[^\n|;&]*\b(?:query|cp|rm|mk|update|load|insert|extract)\b|gsutil\s[^\n|;&]*\b(?:cp|rm|mv|rsync)\b|gcloud\s[^\n|;&]*\b(?:create|delete|update|set|rm)\b)`;

const rules: readonly ShellRule[] = [
	{rule: 'bq-rm', severity: 'error', pattern: /\bbq\b[^\n|;&]*?\srm\b/g, message: 'bq rm deletes an object; restore the former definition instead'},
	{rule: 'bq-cp-force', severity: 'error', pattern: /\bbq\b[^\n|;&]*?\scp(?=\s)[^\n|;&]*(?:\s-f\b|--force\b(?!=false))/g, message: 'bq cp -f overwrites a table without asking'},
	{rule: 'gsutil-rm', severity: 'error', pattern: /\b(?:gsutil\b[^\n|;&]*?\srm\b|gcloud\s+storage\s+rm\b)/g, message: 'deletes files of a bucket'},
	{rule: 'arithmetic-exit', severity: 'error', pattern: /(?<=^|[\n;]|\bthen\s|\bdo\s|\{\s)[ \t]*\(\(\s*(?:\w+(?:\+\+|--)|\w+\s*=)[^)]*\)\)(?!\s*(?:\|\||&&))/g, message: '((x++)) from 0 returns status 1 and ends the script under set -e; write x=$((x + 1))', unless: code => !hasErrorExit(code)},
	{rule: 'tee-without-pipefail', severity: 'error', pattern: /\|\s*tee\b/g, message: 'cmd | tee hides the failure of cmd; add set -o pipefail', unless: hasPipefail},
	{rule: 'ignored-failure', severity: 'error', pattern: new RegExp(String.raw`${mutating}[^\n]*\|\|\s*(?:true|:)(?=\s|;|$)`, 'gm'), message: '|| true on a line that changes something hides its failure'},
	{rule: 'read-without-terminal', severity: 'warning', pattern: /(?<=^|[\n;])[ \t]*read\s+(?:-\w+\s+)*-\w*p\b/g, message: 'read waits for ever without a terminal; guard it with [ -t 0 ]', unless: code => /\[\[?\s+-t\s+0/.test(code)},
	{rule: 'gnu-only', severity: 'warning', pattern: /\bgrep\s+(?:-\w+\s+)*-\w*P/g, message: 'grep -P exists only in GNU grep'},
	{rule: 'relative-cd', severity: 'warning', pattern: /(?<=^|[\n;])[ \t]*cd\s+(?![/"$~-])[^\s;]+/g, message: 'cd relative to wherever the caller stands; resolve it from the script\'s own location'},
	{rule: 'schedule-time-zone', severity: 'error', pattern: /--schedule_timezone\b/g, message: 'bq has no --schedule_timezone; transfer schedules are UTC'},
];

const codeFindings = ({code}: ShellText): readonly RawFinding[] =>
	rules
		.filter(({unless}) => unless?.(code) !== true)
		.flatMap(({rule, severity, pattern, message}) =>
			[...code.matchAll(pattern)].map(match => ({offset: match.index + (match[0].length - match[0].trimStart().length), rule, severity, message})));

const headFindings = (text: string, {code}: ShellText): readonly RawFinding[] => [
	...(text.startsWith('#!') ? [] : [{offset: 0, rule: 'shebang', severity: 'error' as const, message: 'no shebang; start with #!/usr/bin/env bash'}]),
	...(hasErrorExit(code) ? [] : [{offset: 0, rule: 'no-error-exit', severity: 'warning' as const, message: 'no set -e: the script goes on after a failure; write set -euo pipefail'}]),
];

const looksLikeSql = (text: string): boolean => /^\s*(?:--[^\n]*\n\s*)*(?:create|alter|drop|select|with|insert|update|delete|merge|truncate|call|begin|declare|execute|export|load|set)\s[\s\S]*\S/i.test(text);

/** Shell expansions become names of the same length; escaped backquotes become backquotes. */
const asSql = (text: string): string =>
	text
		.replaceAll('\\`', ' `')
		.replaceAll(/\$\{\w+\}|\$\w+/g, found => 'v'.padEnd(found.length, '_'));

const sqlFindings = (text: string, shell: ShellText): readonly RawFinding[] => {
	const isQueryBefore = (start: number): boolean => {
		const line = shell.code.slice(0, start).split('\n').filter(part => part.trim() !== '').at(-1) ?? '';
		return /\bbq\b[^\n|;&]*\squery\b/.test(line);
	};

	const parts = [
		...shell.hereDocuments.filter(({command}) => !/\bcat\b/.test(command) || /\bbq\b/.test(command)).map(({start, body}) => ({start, text: body})),
		...shell.quoted.filter(({start}) => isQueryBefore(start)),
	];
	return parts.filter(part => looksLikeSql(part.text)).flatMap(part =>
		lintSql('', asSql(part.text)).map(({line, column, rule, severity, message}) => {
			const offset = part.start + part.text.split('\n').slice(0, line - 1).reduce((sum, row) => sum + row.length + 1, 0) + column - 1;
			return {offset, rule, severity, message};
		}));
};

/**
 * Lints one shell script.
 * @param path only shown, never read.
 * @returns findings in the order of the text.
 */
export const lintShell = (path: string, text: string): readonly Finding[] => {
	const shell = readShellText(text);
	const lines = text.split('\n');
	return [...headFindings(text, shell), ...codeFindings(shell), ...sqlFindings(text, shell)]
		.sort((a, b) => a.offset - b.offset)
		.map(({offset, rule, severity, message}) => ({path, ...placeOf(text, offset), rule, severity, message}))
		.filter(({line, rule}) => ![lines[line - 1], lines[line - 2]].some(row => new RegExp(String.raw`#\s*lint-allow:\s*${rule}\s+\S`).test(row ?? '')));
};
