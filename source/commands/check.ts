// `eros-tui check [path...]`: the safety lint. Exit 1 when there is an error, 0 otherwise; warnings are told.
import {stat} from 'node:fs/promises';
import path from 'node:path';
import {formatCount} from '../domain/wording/amount.js';
import {UsageError} from '../domain/usage-error.js';
import {createFiles} from '../host/files.js';
import {formatFinding, sortFindings} from '../lint/finding.js';
import {isLintable, lintFile} from '../lint/lint-file.js';
import {packageRoot} from '../package-info.js';
import type {CommandRun} from './command.js';

type Target = {readonly file: string; readonly shown: string};

const expand = async (given: string, cwd: string): Promise<readonly Target[]> => {
	const full = path.resolve(cwd, given);
	const info = await stat(full).catch(() => undefined);
	if (info === undefined) {
		throw new UsageError([{field: 'path', value: given, accepted: 'an SQL or shell file, or a folder', fix: 'eros-tui check'}]);
	}

	if (info.isDirectory()) {
		const files = await createFiles().list(full);
		return files.filter(({path: file}) => isLintable(file) && !file.includes(`${path.sep}node_modules${path.sep}`)).map(({path: file}) => ({file, shown: path.join(given, path.relative(full, file))}));
	}

	if (!isLintable(full)) {
		throw new UsageError([{field: 'path', value: given, accepted: 'a file whose name ends in .sql or .sh', fix: 'eros-tui check sql'}]);
	}

	return [{file: full, shown: given}];
};

/** Lints files and folders; without any, the package's own sql/. */
export const run: CommandRun = async ({arguments: paths, options, io}) => {
	const files = createFiles();
	const targets = paths.length === 0
		? (await expand(path.join(packageRoot(), 'sql'), io.cwd)).map(({file}) => ({file, shown: path.relative(packageRoot(), file)}))
		: (await Promise.all(paths.map(async given => expand(given, io.cwd)))).flat();
	const findings = sortFindings((await Promise.all(targets.map(async ({file, shown}) => lintFile(shown, new TextDecoder().decode(await files.read(file)))))).flat());
	const errors = findings.filter(({severity}) => severity === 'error').length;
	if (options['json'] === true) {
		io.stdout.write(`${JSON.stringify({files: targets.length, findings})}\n`);
	} else {
		for (const finding of findings) {
			io.stdout.write(`${formatFinding(finding)}\n`);
		}

		io.stderr.write(`${formatCount(targets.length, 'file')}: ${formatCount(errors, 'error')}, ${formatCount(findings.length - errors, 'warning')}\n`);
	}

	return errors > 0 ? 1 : 0;
};
