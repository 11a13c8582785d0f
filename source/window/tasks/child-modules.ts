// Imports a built module in a process of its own: what it prints, how it ends and what it exports are the evidence.
import path from 'node:path';
import {pathToFileURL} from 'node:url';
import {StepFailure, type StepContext} from '../../engine/task.js';

export const agentFiles = ['performance-analyzer', 'real-time-monitor', 'caption-selector', 'schedule-builder', 'sheets-exporter'] as const;

export type ModuleReport = {
	readonly file: string;
	readonly ok: boolean;
	readonly exports: readonly string[];
	/** What `report` of the probe gave back. */
	readonly value: unknown;
	readonly stderr: string;
	readonly isQuiet: boolean;
	readonly durationMs: number;
};

const marker = 'eros-module-report:';

/** The path of a built module, for example `eros/orchestrator`. */
export const builtModule = (context: StepContext, name: string): string => path.join(context.root, 'dist', 'source', `${name}.js`);

/**
 * Imports one module in a child process.
 * @param expression JavaScript over `m`, the imported module; its value is handed back as JSON.
 */
export const importInChild = async (context: StepContext, file: string, expression = 'null'): Promise<ModuleReport> => {
	const node = await context.ports.processes.find('node');
	if (node === undefined) {
		throw new StepFailure({message: 'node is not on PATH.', reason: 'prerequisite', class: 'permanent', advice: 'Install Node 20.12 or newer.'});
	}

	const code = `import {stdout} from 'node:process'; const m = await import(${JSON.stringify(pathToFileURL(file).href)}); stdout.write(${JSON.stringify(marker)} + JSON.stringify({exports: Object.keys(m), value: await (${expression})}));`;
	const result = await context.ports.processes.run(node, ['--input-type=module', '--eval', code], {cwd: context.root, timeoutMs: 30_000, env: {NODE_ENV: 'production'}, signal: context.signal});
	const at = result.stdout.indexOf(marker);
	const report = at === -1 ? undefined : JSON.parse(result.stdout.slice(at + marker.length)) as {readonly exports: readonly string[]; readonly value: unknown};
	return {
		file,
		ok: result.exitCode === 0 && report !== undefined,
		exports: report?.exports ?? [],
		value: report?.value,
		stderr: result.timedOut ? 'did not end within 30 s' : result.stderr.trim(),
		isQuiet: at === 0 && result.stderr.trim() === '',
		durationMs: result.durationMs,
	};
};

/** Why a module could not be imported, with the missing package named when that is the reason. */
export const describeImport = ({file, ok, stderr, durationMs}: ModuleReport): string => {
	const name = path.basename(file, '.js');
	if (ok) {
		return `${name} ${Math.round(durationMs)} ms`;
	}

	const missing = /Cannot find (?:package|module) '([^']+)'/.exec(stderr)?.[1];
	return `${name}: ${missing === undefined ? stderr.split('\n').find(line => line.includes('Error')) ?? 'ended without an answer' : `${missing} is missing; run npm ci && npm run build`}`;
};
