// 0.2 Prerequisites: identity, permissions, tools and a warehouse that answers.
import path from 'node:path';
import type {StepContext} from '../../engine/task.js';
import {formatSpan} from '../../domain/wording/duration.js';
import {checksOf, listNames} from '../criteria.js';

/** What a deployment does, as BigQuery permissions: jobs, staging and backup datasets, tables, snapshots, routines, schedules. */
export const neededPermissions = [
	'bigquery.jobs.create', 'bigquery.jobs.listAll', 'bigquery.transfers.get', 'bigquery.transfers.update',
	'bigquery.datasets.create', 'bigquery.datasets.get', 'bigquery.datasets.update',
	'bigquery.tables.create', 'bigquery.tables.get', 'bigquery.tables.getData', 'bigquery.tables.list', 'bigquery.tables.update', 'bigquery.tables.updateData',
	'bigquery.tables.createSnapshot', 'bigquery.tables.deleteSnapshot', 'bigquery.tables.restoreSnapshot',
	'bigquery.routines.create', 'bigquery.routines.get', 'bigquery.routines.list', 'bigquery.routines.update',
] as const;

const clockToleranceMs = 30_000;

const checkTools = async (context: StepContext): Promise<void> => {
	const {check, notApplicable} = checksOf(context);
	const {processes} = context.ports;
	const [bq, node] = await Promise.all([processes.find('bq'), processes.find('node')]);
	if (bq === undefined) {
		notApplicable('bq-installed', 'bq is not on PATH; only the generated scripts need it');
	} else {
		// Starting bq takes seconds and asks for credentials; that it is an executable file is what is known here.
		check('bq-installed', true, `${bq} is executable; the deployment itself uses the official client`);
	}

	const version = node === undefined ? undefined : await processes.run(node, ['--version'], {timeoutMs: 10_000});
	const [major = 0, minor = 0] = (version?.stdout.trim() ?? '').replace('v', '').split('.').map(Number);
	check('runtime-available', major > 20 || (major === 20 && minor >= 12), version === undefined ? 'node is not on PATH' : `node ${version.stdout.trim()}`);
};

type PackageManifest = {readonly dependencies?: Readonly<Record<string, string>>};

/** Dependencies of the package whose folder is missing. */
export const findMissingPackages = async (context: StepContext): Promise<{readonly missing: readonly string[]; readonly total: number}> => {
	const {files} = context.ports;
	const manifest = JSON.parse(new TextDecoder().decode(await files.read(path.join(context.root, 'package.json')))) as PackageManifest;
	const names = Object.keys(manifest.dependencies ?? {});
	// A package that is hoisted stands in a node_modules folder further up.
	const folders = context.root.split(path.sep).map((_, index, parts) => path.join(parts.slice(0, parts.length - index).join(path.sep) || path.sep, 'node_modules'));
	const found = await Promise.all(names.map(async name => {
		const places = await Promise.all(folders.map(async folder => files.exists(path.join(folder, name, 'package.json'))));
		return places.includes(true);
	}));
	return {missing: names.filter((_, index) => found[index] === false), total: names.length};
};

const checkIdentity = async (context: StepContext): Promise<string> => {
	const {check} = checksOf(context);
	const identity = await context.ports.identity.whoAmI();
	check('authenticated', true, `${identity.principal} (${identity.kind})`);
	const {tokenExpiresAtMs} = identity;
	const endsAtMs = context.ports.clock.now() + context.settings.windowMs;
	if (tokenExpiresAtMs === undefined || identity.kind === 'local') {
		check('identity-lasts', true, 'the credential does not expire');
	} else {
		// Access tokens live for an hour and are renewed by the client; what counts is that there is one now.
		check('identity-lasts', tokenExpiresAtMs > context.ports.clock.now(), tokenExpiresAtMs >= endsAtMs ? 'the token outlives the window' : `the token lasts ${formatSpan(Math.max(0, tokenExpiresAtMs - context.ports.clock.now()))} and is renewed by the client`);
	}

	return identity.principal;
};

const checkClock = async (context: StepContext): Promise<void> => {
	const {check} = checksOf(context);
	const before = context.ports.clock.now();
	const {rows} = await context.ports.warehouse.query<{readonly now_ms: unknown}>('SELECT UNIX_MILLIS(CURRENT_TIMESTAMP()) AS now_ms');
	const after = context.ports.clock.now();
	const remote = Number(rows[0]?.now_ms);
	check('client-reachable', rows.length === 1 && Number.isFinite(remote), 'a query went out and its row came back');
	const skewMs = Math.max(0, before - remote, remote - after);
	check('clock-agrees', skewMs <= clockToleranceMs, `apart by ${(skewMs / 1000).toFixed(1)} s at most`);
};

/** Checks who deploys, with what, and whether they may. */
export const runPrerequisites = async (context: StepContext): Promise<string> => {
	const {check, notApplicable} = checksOf(context);
	const principal = await checkIdentity(context);
	await Promise.all([checkTools(context), checkClock(context)]);
	const {missing, total} = await findMissingPackages(context);
	check('packages-installed', missing.length === 0, missing.length === 0 ? `${total} packages present` : `missing: ${listNames(missing)}; run npm ci`);
	const granted = await context.ports.warehouse.testPermissions(context.settings.dataset, neededPermissions);
	const lacking = neededPermissions.filter(permission => !granted.includes(permission));
	check('permissions-verified', lacking.length === 0, lacking.length === 0 ? `${neededPermissions.length} of ${neededPermissions.length} granted` : `missing: ${listNames(lacking, 20)}; roles/bigquery.admin has them`);
	notApplicable('bucket-accessible', 'restore points are snapshots in BigQuery; no bucket is used');
	await context.writeArtifact('preflight.json', `${JSON.stringify({principal, permissions: granted, packages: total}, undefined, '\t')}\n`, 'Prerequisites');
	return `${principal}, ${granted.length} permissions`;
};
