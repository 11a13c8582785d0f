// `eros-tui approve`: a second person signs the plan of a run, with credentials of his own and from files of his own.
import {connect, type Connection} from '../cloud/connect.js';
import {formatPlanHash, runId, type PlanHash, type RunId} from '../domain/ids.js';
import {UsageError} from '../domain/usage-error.js';
import {formatCount} from '../domain/wording/amount.js';
import {foldEvents} from '../domain/run-reducer.js';
import type {RunState} from '../domain/run-state.js';
import {sign} from '../engine/second-person.js';
import {createFiles} from '../host/files.js';
import {thisProcess} from '../host/process-identity.js';
import {createRunId} from '../host/random.js';
import {createSystemClock} from '../host/system-clock.js';
import {findRun, readJournal, type RunFolder} from '../journal/index.js';
import {loadObjects} from '../objects/load-objects.js';
import {makePlan, type Plan} from '../objects/plan.js';
import {packageRoot} from '../package-info.js';
import type {Settings} from '../settings/index.js';
import {truncateEnd} from '../terminal/cell-width.js';
import {planSettings, readCatalog, readSqlFiles, targetNames} from '../window/deploy-set.js';
import {changesOf} from '../window/tasks/approval.js';
import type {CommandRun, Invocation} from './command.js';
import {exitCode} from './exit-codes.js';
import {rehearsalData} from './rehearse.js';
import {parsePlanHash} from './second-person.js';
import {settingsOfRun} from './settings-of-run.js';
import {askTypedPhrase} from './typed-phrase.js';

/** A run whose journal is on this machine, as it is when the second person works beside the first. */
type KnownRun = {readonly folder: RunFolder; readonly state: RunState; readonly driver: string};

const usage = 'eros-tui approve 7f3a-91c2 --run 7f3a91c2';

const parseRun = (value: unknown): RunId => {
	const text = value === undefined ? undefined : String(value).toLowerCase();
	if (text === undefined || !/^[\da-f]{8}$/.test(text)) {
		throw new UsageError([{field: '--run', value: text, accepted: 'the id of the run that waits, eight hex digits', fix: `It stands where production is asked for: ${usage}`}]);
	}

	return runId(text);
};

const findKnown = async (run: RunId, {io}: Invocation): Promise<KnownRun | undefined> => {
	const found = await findRun(io.env, run);
	if (found.kind !== 'found') {
		return undefined;
	}

	const {events} = await readJournal(found.run.journal);
	return {folder: found.run, state: foldEvents(events), driver: events.at(-1)?.actor ?? ''};
};

const planOf = async (connection: Connection, settings: Settings): Promise<Plan> => {
	const names = targetNames(settings);
	const objects = loadObjects(await readSqlFiles(createFiles(), packageRoot()), names);
	return makePlan(objects, await readCatalog(connection.warehouse, connection.schedules, names), names, planSettings(settings));
};

/** Why this person can't sign here; undefined when he can. The run decides again by the warehouse's own record. */
const refuse = (run: RunId, hash: PlanHash, principal: string, known: KnownRun | undefined): string | undefined => {
	if (known === undefined) {
		return undefined;
	}

	const asked = known.state.questions.find(question => question.kind === 'production');
	if (asked?.kind !== 'production') {
		return `Run ${run} does not ask for production now. Nothing was signed.\n  Look with: eros-tui show ${run}`;
	}

	if (asked.detail.planHash !== hash) {
		return `Run ${run} asks for plan ${formatPlanHash(asked.detail.planHash)}, not ${formatPlanHash(hash)}. Nothing was signed.`;
	}

	if (principal.toLowerCase() !== known.driver.toLowerCase()) {
		return undefined;
	}

	const other = known.state.target?.kind === 'embedded'
		? `  Try a second identity: EROS_WAREHOUSE_TOKEN="$(eros-tui warehouse token --user reviewer@example.com${known.state.command === 'rehearse' ? ` --run ${run}` : ''})" eros-tui approve ${formatPlanHash(hash)} --run ${run}`
		: '  Somebody else runs the same command after: gcloud auth application-default login';
	return `You are ${principal}, who drives run ${run}: the second person is somebody else. Nothing was signed.\n${other}`;
};

/** One line a kind of change, as they stand on the driver's screen; names that do not fit are cut. */
const describePlan = (plan: Plan, settings: Settings, run: RunId, width: number): string => {
	const {create, replace, alter, schedules} = changesOf(plan);
	const line = (verb: string, names: readonly string[]): string => truncateEnd(`  ${verb.padEnd(9)}${String(names.length).padStart(3)}  ${names.join(', ')}`, width);
	return [
		`Plan ${formatPlanHash(plan.hash)}, computed from the files here, for run ${run}`,
		`  target     ${settings.project}.${settings.dataset} (${settings.location})`,
		line('create', create), line('replace', replace), line('alter', alter), line('schedule', schedules),
		'  Every difference: eros-tui plan',
	].join('\n');
};

const signAtTerminal = async (connection: Connection, {run, hash, settings, known}: {readonly run: RunId; readonly hash: PlanHash; readonly settings: Settings; readonly known: KnownRun | undefined}, {io}: Invocation): Promise<number> => {
	const clock = createSystemClock();
	const {principal} = await connection.identity.whoAmI();
	const plan = await planOf(connection, settings);
	if (plan.hash !== hash) {
		io.stderr.write(`The files here make plan ${formatPlanHash(plan.hash)}, not ${formatPlanHash(hash)} (${formatCount(plan.objects.length, 'object')} for ${settings.project}.${settings.dataset}). Nothing was signed.\n  Bring the same release here, then compare with: eros-tui plan\n`);
		return exitCode.failed;
	}

	const refusal = refuse(run, hash, principal, known);
	if (refusal !== undefined) {
		io.stderr.write(`${refusal}\n`);
		return exitCode.failed;
	}

	const phrase = `sign ${settings.project}.${settings.dataset} ${formatPlanHash(hash)}`;
	io.stderr.write(`${describePlan(plan, settings, run, io.stdout.columns ?? 80)}\n\nYou sign it as ${principal}. Type this phrase; Ctrl-C leaves, and nothing has been signed.\n\n    ${phrase}\n`);
	if (!await askTypedPhrase(io, phrase, clock)) {
		io.stderr.write('Nothing was signed.\n');
		return exitCode.approvalNeeded;
	}

	const {id, user, error} = await sign(connection.warehouse, {run, planHash: hash, osUser: thisProcess().user, nonce: createRunId(), maximumBytesBilled: settings.maximumBytesBilled, timeoutMs: settings.jobTimeoutMs});
	if (error !== undefined) {
		io.stderr.write(`The signature failed: ${error.message}\n`);
		return exitCode.failed;
	}

	io.stdout.write(`Signed by ${user ?? principal} with job ${id}. The run sees it within a few seconds.\n`);
	return exitCode.done;
};

/** Signs a plan. Exit 5 without a terminal or without the phrase, 1 when the plan or the person is not the right one. */
export const run: CommandRun = async invocation => {
	const {options, io} = invocation;
	const hash = parsePlanHash('<plan-hash>', invocation.arguments[0]);
	if (hash === undefined) {
		throw new UsageError([{field: '<plan-hash>', value: undefined, accepted: 'a plan hash of eight hex digits', fix: usage}]);
	}

	const id = parseRun(options['run']);
	if (io.stdin.isTTY !== true || io.stderr.isTTY !== true) {
		io.stderr.write(`A plan is signed by a person who types a phrase, and there is no terminal to type it in.\n  In a terminal: eros-tui approve ${formatPlanHash(hash)} --run ${id}\n`);
		return exitCode.approvalNeeded;
	}

	const known = await findKnown(id, invocation);
	const settings = await settingsOfRun(known?.state, invocation);
	const connection = await connect({
		kind: settings.target, project: settings.project, dataset: settings.dataset, location: settings.location, env: io.env, clock: createSystemClock(),
		...(known?.state.command === 'rehearse' ? {dataFolder: rehearsalData(known.folder)} : {}),
	});
	try {
		return await signAtTerminal(connection, {run: id, hash, settings, known}, invocation);
	} finally {
		await connection.close();
	}
};
