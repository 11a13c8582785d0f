// The generated part of the documentation: keys, exit codes and events, from the code that defines them.
import {readFileSync, writeFileSync} from 'node:fs';
import process from 'node:process';
import {fileURLToPath, pathToFileURL} from 'node:url';
import {exitCode} from '../../source/commands/exit-codes.js';
import {commandSpecs} from '../../source/commands/index.js';
import {fixedKeys, keyTable} from '../../source/tui/input/key-table.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Where the reference stands. */
export const referencePath = `${root}REFERENCE.md`;

const cell = (text: string): string => text.replaceAll('|', String.raw`\|`);

const eventNames = (): readonly string[] => [...readFileSync(`${root}source/domain/events.ts`, 'utf8').matchAll(/\| Of<'([^']+)', (.*)>;?$/gm)].map(([, name, data]) => `| \`${name ?? ''}\` | \`${cell((data ?? '').replaceAll('readonly ', ''))}\` |`);

/** The whole file. */
export const referenceText = (): string => [
	'# Reference', '', 'Written by `npm run docs` from the code; a test fails when it is stale.', '',
	'## Commands', '', '| command | does |', '| --- | --- |', ...commandSpecs.filter(({isHidden}) => isHidden !== true).map(({name, summary}) => `| \`eros-tui ${cell(name)}\` | ${cell(summary)} |`), '',
	'## Keys', '', '| key | does |', '| --- | --- |',
	...[...fixedKeys, ...keyTable].map(({shown, help}) => `| \`${cell(shown)}\` | ${cell(help)} |`), '',
	'## Exit codes', '', '| code | name |', '| --- | --- |', ...Object.entries(exitCode).map(([name, code]) => `| ${code} | ${name} |`), '',
	'## Events', '', 'One a line of the journal and of `--json`, in an envelope with number, times, actor and hash.', '', '| type | data |', '| --- | --- |', ...eventNames(), '',
].join('\n');

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
	writeFileSync(referencePath, referenceText());
}
