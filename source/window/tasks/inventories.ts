// 1.2 Modules, 1.3 Shell scripts, 1.4 Agent specifications.
import path from 'node:path';
import type {StepContext} from '../../engine/task.js';
import {lintShell} from '../../lint/lint-shell.js';
import {checksOf, listNames} from '../criteria.js';
import {agentFiles, builtModule, describeImport, importInChild} from './child-modules.js';
import {findMissingPackages} from './prerequisites.js';

/** Imports builder and exporter, each in a process of its own. */
export const runModules = async (context: StepContext): Promise<string> => {
	const {check} = checksOf(context);
	const [[builder, exporter], {missing, total}] = await Promise.all([
		Promise.all([importInChild(context, builtModule(context, 'eros/agents/schedule-builder')), importInChild(context, builtModule(context, 'eros/agents/sheets-exporter'))] as const),
		findMissingPackages(context),
	]);
	check('builder-imports', builder.ok && builder.exports.includes('ScheduleBuilder'), describeImport(builder));
	check('exporter-imports', exporter.ok && exporter.exports.includes('SheetsExporter'), describeImport(exporter));
	check('dependencies-available', missing.length === 0, missing.length === 0 ? `${total} packages` : listNames(missing));
	check('no-package-missing', missing.length === 0, missing.length === 0 ? 'none' : listNames(missing));
	const loud = [builder, exporter].filter(({isQuiet}) => !isQuiet);
	check('import-is-quiet', loud.length === 0, loud.length === 0 ? 'both printed nothing and ended by themselves' : loud.map(report => describeImport(report)).join('; '));
	return `2 modules, ${Math.round(Math.max(builder.durationMs, exporter.durationMs))} ms`;
};

const executable = 0o111;
const skipped = ['node_modules', 'dist', '.git'];

/** The shell scripts of the package, and those a run has generated so far. */
const findScripts = async (context: StepContext): Promise<readonly {readonly path: string; readonly mode: number}[]> => {
	const {files} = context.ports;
	const folders = ['.ci', 'sql', 'source', 'test'].map(folder => path.join(context.root, folder));
	const lists = await Promise.all([...folders, context.artifacts].map(async folder => (await files.exists(folder)) ? files.list(folder) : []));
	return lists.flat().filter(file => !skipped.some(folder => file.path.includes(`${path.sep}${folder}${path.sep}`)) && (file.path.endsWith('.sh') || file.path.endsWith(`${path.sep}.ci${path.sep}run`)));
};

/** `bash -n`, shebang, mode, shellcheck where it is installed, and our own rules. Reports modes, changes none. */
export const runShellScripts = async (context: StepContext): Promise<string> => {
	const {check, notApplicable} = checksOf(context);
	const {processes, files} = context.ports;
	const scripts = await findScripts(context);
	if (scripts.length === 0) {
		const reason = 'the package holds no shell script; those of phase 4 are checked where they are generated';
		for (const name of ['scripts-executable', 'no-syntax-error', 'shebang-present', 'shellcheck-passes', 'shell-rules-clean']) {
			notApplicable(name, reason);
		}

		return 'no shell script';
	}

	const texts = await Promise.all(scripts.map(async script => ({...script, name: path.relative(context.root, script.path), text: new TextDecoder().decode(await files.read(script.path))})));
	const plain = texts.filter(({mode}) => (mode & executable) === 0).map(({name}) => name);
	const [bash, shellcheck] = await Promise.all([processes.find('bash'), processes.find('shellcheck')]);
	check('scripts-executable', plain.length === 0, plain.length === 0 ? `${scripts.length} scripts` : `not executable: ${listNames(plain)}; chmod +x`);
	const bare = texts.filter(({text}) => !text.startsWith('#!')).map(({name}) => name);
	check('shebang-present', bare.length === 0, bare.length === 0 ? `${scripts.length} scripts` : `no shebang: ${listNames(bare)}`);
	if (bash === undefined) {
		notApplicable('no-syntax-error', 'bash is not installed');
	} else {
		const results = await Promise.all(texts.map(async script => ({name: script.name, result: await processes.run(bash, ['-n', script.path], {timeoutMs: 10_000})})));
		const broken = results.filter(({result}) => result.exitCode !== 0);
		check('no-syntax-error', broken.length === 0, broken.length === 0 ? `bash -n accepts ${scripts.length}` : broken.map(({name, result}) => `${name}: ${result.stderr.split('\n')[0] ?? ''}`).join('; '));
	}

	if (shellcheck === undefined) {
		notApplicable('shellcheck-passes', 'shellcheck is not installed, and it is optional');
	} else {
		const result = await processes.run(shellcheck, ['--severity=warning', ...texts.map(script => script.path)], {timeoutMs: 30_000});
		check('shellcheck-passes', result.exitCode === 0, result.exitCode === 0 ? `${scripts.length} scripts` : result.stdout.split('\n').slice(0, 3).join(' '));
	}

	const errors = texts.flatMap(({name, text}) => lintShell(name, text)).filter(({severity}) => severity === 'error');
	check('shell-rules-clean', errors.length === 0, errors.length === 0 ? 'no error' : errors.map(({path: file, line, rule}) => `${file}:${line} ${rule}`).join('; '));
	return `${scripts.length} scripts`;
};

const specifications = [...agentFiles, 'onlyfans-orchestrator'];

/** Presence, head line and heading of the six specifications, and their modules. */
export const runAgentSpecifications = async (context: StepContext): Promise<string> => {
	const {check} = checksOf(context);
	const {files} = context.ports;
	const folder = path.join(context.root, 'source', 'eros', 'agents');
	const texts = await Promise.all(specifications.map(async name => {
		const file = path.join(folder, `${name}.md`);
		return {name, text: (await files.exists(file)) ? new TextDecoder().decode(await files.read(file)) : ''};
	}));
	const missing = texts.filter(({text}) => text.trim() === '').map(({name}) => `${name}.md`);
	check('six-present', missing.length === 0, missing.length === 0 ? `${texts.length} files` : `missing or empty: ${listNames(missing, 6)}`);
	const headless = texts.filter(({text}) => !/^#\s+\S/m.test(text)).map(({name}) => name);
	check('heading-first', headless.length === 0, headless.length === 0 ? 'each names itself' : `no heading: ${listNames(headless)}`);
	const declared = texts.flatMap(({text}) => /^agent:\s*(\w+)/m.exec(text)?.[1] ?? []);
	const modules = await Promise.all(agentFiles.map(async name => ((await files.exists(builtModule(context, `eros/agents/${name}`))) ? name.replaceAll('-', '_') : undefined)));
	const built = modules.filter(name => name !== undefined);
	const different = [...declared.filter(name => !built.includes(name)), ...built.filter(name => !declared.includes(name))];
	check('names-match-code', different.length === 0 && built.length === agentFiles.length, different.length === 0 ? `${built.length} agents` : `only on one side: ${listNames(different)}`);
	return `${texts.length - missing.length} specifications`;
};
