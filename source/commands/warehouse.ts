// `eros-tui warehouse serve|status|stop|env|token|reset`: the embedded warehouse by hand.
import {chmod, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {createInterface} from 'node:readline/promises';
import {z} from 'zod';
import {adminRequest, builtEntry, embeddedDataFolder, ensureEmbedded, findEmbedded, stopEmbedded} from '../cloud/embedded.js';
import {UsageError} from '../domain/usage-error.js';
import {createSystemClock} from '../host/system-clock.js';
import {loadSettings} from '../settings/index.js';
import type {CommandRun, Invocation} from './command.js';
import {exitCode} from './exit-codes.js';
import {chooseRun} from './find-run.js';
import {rehearsalData} from './rehearse.js';

type Context = Invocation & {readonly project: string; readonly dataFolder: string};

const portOf = (value: unknown): number => {
	const parsed = z.coerce.number().int().min(0).max(65_535).safeParse(value ?? 0);
	if (!parsed.success) {
		throw new UsageError([{field: '--port', value: String(value), accepted: 'a port number from 0 to 65535', fix: 'eros-tui warehouse serve --port 9050'}]);
	}

	return parsed.data;
};

const serve = async ({options, io, project, dataFolder}: Context): Promise<number> => {
	const folder = typeof options['data'] === 'string' ? path.resolve(io.cwd, options['data']) : dataFolder;
	const port = portOf(options['port']);
	const {execa} = await import('execa');
	io.stderr.write(`Serving ${folder}; Ctrl-C stops it.\n`);
	const result = await execa(process.execPath, [builtEntry(), '--data', folder, '--project', project, '--port', String(port), '--idle-minutes', '0'], {reject: false, stdio: ['ignore', 'inherit', 'inherit']});
	return result.exitCode ?? exitCode.failed;
};

const statusAnswer = z.object({
	clock: z.object({nowMs: z.number(), isDriven: z.boolean()}), runningJobs: z.number(), datasets: z.array(z.string()), schedules: z.number(), faults: z.array(z.unknown()),
});

const status = async ({options, io, dataFolder}: Context): Promise<number> => {
	const found = await findEmbedded(dataFolder);
	if (found === undefined) {
		io.stdout.write(options['json'] === true ? `${JSON.stringify({isRunning: false, dataFolder})}\n` : `Not running. It starts by itself when a command needs it.\n  Data: ${dataFolder}\n`);
		return exitCode.done;
	}

	const answer = statusAnswer.parse(await adminRequest(found, 'GET', 'status'));
	const {token: _token, ...shown} = found;
	if (options['json'] === true) {
		io.stdout.write(`${JSON.stringify({isRunning: true, dataFolder, ...shown, ...answer})}\n`);
		return exitCode.done;
	}

	const lines = [
		`Running at ${found.endpoint}, process ${found.pid}, since ${found.startedAt}.`,
		`  Project   ${found.project}`,
		`  Data      ${found.dataPath}`,
		`  Clock     ${new Date(answer.clock.nowMs).toISOString()}${answer.clock.isDriven ? ', driven' : ''}`,
		`  Datasets  ${answer.datasets.length === 0 ? 'none' : answer.datasets.join(', ')}`,
		`  Schedules ${answer.schedules}`,
		`  Jobs      ${answer.runningJobs} running`,
		...(answer.faults.length === 0 ? [] : [`  Faults    ${answer.faults.length} armed`]),
	];
	io.stdout.write(`${lines.join('\n')}\n`);
	return exitCode.done;
};

const stop = async ({io, dataFolder}: Context): Promise<number> => {
	io.stdout.write((await stopEmbedded(dataFolder, createSystemClock())) ? 'Stopped.\n' : 'Not running.\n');
	return exitCode.done;
};

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** The lines that point an unmodified `bq` at an instance. */
export const environmentLines = (endpoint: string, project: string, tokenFile: string): readonly string[] => [
	`export CLOUDSDK_AUTH_ACCESS_TOKEN_FILE=${quoted(tokenFile)}`,
	'export CLOUDSDK_CORE_UNIVERSE_DOMAIN=googleapis.com',
	`export CLOUDSDK_CORE_PROJECT=${quoted(project)}`,
	`export CLOUDSDK_API_ENDPOINT_OVERRIDES_BIGQUERY=${quoted(`${endpoint}/`)}`,
];

const environment = async ({io, project, dataFolder}: Context): Promise<number> => {
	const instance = await ensureEmbedded({dataFolder, project, clock: createSystemClock()});
	const tokenFile = path.join(dataFolder, 'token');
	await writeFile(tokenFile, instance.token, {mode: 0o600});
	await chmod(tokenFile, 0o600);
	io.stdout.write(`${environmentLines(instance.endpoint, project, tokenFile).join('\n')}\n`);
	return exitCode.done;
};

const tokenAnswer = z.object({token: z.string()});

/** The token of somebody else, so that a second identity can be tried out. */
const token = async ({options, io, project, dataFolder}: Context): Promise<number> => {
	const user = z.email().safeParse(options['user']);
	if (!user.success) {
		throw new UsageError([{field: '--user', value: options['user'] === undefined ? undefined : String(options['user']), accepted: 'a mail address', fix: 'eros-tui warehouse token --user reviewer@example.com'}]);
	}

	const run = options['run'] === undefined ? undefined : await chooseRun({options, io, arguments: [String(options['run'])]});
	const instance = await ensureEmbedded({dataFolder: run === undefined ? dataFolder : rehearsalData(run), project: run?.target.split('.')[0] ?? project, clock: createSystemClock()});
	io.stdout.write(`${tokenAnswer.parse(await adminRequest(instance, 'POST', 'tokens', {user: user.data})).token}\n`);
	return exitCode.done;
};

const isConfirmed = async ({options, io, dataFolder}: Context): Promise<boolean> => {
	if (options['yes'] === true) {
		return true;
	}

	if (io.stdin.isTTY !== true) {
		io.stderr.write('Resetting deletes all data of the embedded warehouse.\n  eros-tui warehouse reset --yes\n');
		return false;
	}

	const question = createInterface({input: io.stdin, output: io.stderr});
	try {
		return (await question.question(`All data in ${dataFolder} will be deleted. Type reset to go on: `)).trim() === 'reset';
	} finally {
		question.close();
	}
};

const reset = async (context: Context): Promise<number> => {
	if (!(await isConfirmed(context))) {
		return exitCode.approvalNeeded;
	}

	await stopEmbedded(context.dataFolder, createSystemClock());
	for (const name of ['warehouse.duckdb', 'warehouse.duckdb.wal', 'warehouse.json', 'warehouse.log', 'token', 'temporary']) {
		await rm(path.join(context.dataFolder, name), {recursive: true, force: true});
	}

	context.io.stdout.write('The embedded warehouse is empty.\n');
	return exitCode.done;
};

const subcommands: Readonly<Record<string, (context: Context) => Promise<number>>> = {serve, status, stop, env: environment, token, reset};

export const run: CommandRun = async invocation => {
	const name = invocation.arguments[0] ?? '';
	const chosen = subcommands[name];
	if (chosen === undefined) {
		throw new UsageError([{field: 'warehouse', value: name === '' ? undefined : name, accepted: Object.keys(subcommands).join(', '), fix: 'eros-tui warehouse status'}]);
	}

	const {project} = await loadSettings({}, invocation.io.env);
	return chosen({...invocation, project, dataFolder: embeddedDataFolder(invocation.io.env, project)});
};
