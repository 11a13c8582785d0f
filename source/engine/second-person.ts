// The second person's signature: a job that does nothing, submitted with credentials of his own and labelled with the
// plan. Who submitted it is the warehouse's word, which no file on this machine can forge.
import {formatPlanHash, jobId, planHash, type JobId, type PlanHash, type RunId} from '../domain/ids.js';
import type {ProductionQuestion} from '../domain/events.js';
import type {JobStatus, Warehouse} from '../ports/warehouse.js';
import {failureOf} from './job-failure.js';
import type {RunEnvironment} from './step-context.js';

/** The two clocks may differ by so much, ms. */
const clockMarginMs = 3_600_000;

const prefixOf = (run: RunId): string => `eros_${run}_second_`;

const labelOf = (text: string): string => text.toLowerCase().replaceAll(/[^a-z\d_-]/g, '_').slice(0, 63);

/** What the second person runs. */
export const secondPersonCommand = (hash: PlanHash, run: RunId): string => `eros-tui approve ${formatPlanHash(hash)} --run ${run}`;

export type Signature = {
	readonly run: RunId;
	readonly planHash: PlanHash;
	readonly osUser: string;
	/** Tells two signatures of the same plan apart. */
	readonly nonce: string;
	readonly maximumBytesBilled: number;
	readonly timeoutMs: number;
};

/**
 * Signs a plan.
 * @returns the job, whose user is who signed.
 * @throws WarehouseError when it can't be submitted.
 */
export const sign = async (warehouse: Warehouse, {run, planHash: hash, osUser, nonce, maximumBytesBilled, timeoutMs}: Signature): Promise<JobStatus> => {
	const id = jobId(`${prefixOf(run)}${hash}_${nonce}`);
	await warehouse.submit({
		id, sql: 'SELECT SESSION_USER() AS signed_by', maximumBytesBilled, timeoutMs, mutates: [],
		labels: {eros_signature_of: labelOf(run), eros_plan: hash, eros_os_user: labelOf(osUser)},
	});
	return warehouse.waitForJob(id);
};

const isSigned = ({state, error}: JobStatus): boolean => state === 'DONE' && error === undefined;

/**
 * Watches for the signature of a second person while a production question is open, and journals the first that counts.
 * What came before the question was for another one. Signatures that do not count are told, each once.
 * @param onSeconded called once there is one.
 */
export const watchForSecondPerson = (environment: RunEnvironment, question: {readonly id: string; readonly detail: ProductionQuestion}, onSeconded: () => void = () => undefined): Disposable => {
	const {stream, ports: {clock, identity, warehouse}, run, lookForSignatureMs} = environment;
	const sinceMs = clock.now() - clockMarginMs;
	const seen = new Set<JobId>();
	let isFirstLook = true;
	let isLooking = false;
	let isOver = false;

	const tell = (text: string): void => stream.tell({type: 'log.written', data: {level: 'warning', text}});

	const judge = async ({id, user = '', labels = {}, createdMs}: JobStatus): Promise<boolean> => {
		const plan = planHash(labels['eros_plan'] ?? '');
		if (plan !== question.detail.planHash) {
			tell(`${user} signed plan ${formatPlanHash(plan)}; asked for is ${formatPlanHash(question.detail.planHash)}. The signature does not count.`);
			return false;
		}

		const {principal} = await identity.whoAmI();
		if (user.toLowerCase() === principal.toLowerCase()) {
			tell(`${user} signed as the second person and is the first one. Another account has to sign: ${secondPersonCommand(question.detail.planHash, run)}`);
			return false;
		}

		await stream.emit({type: 'approval.seconded', data: {question: question.id, planHash: question.detail.planHash, principal: user, driver: principal, osUser: labels['eros_os_user'] ?? '', job: id, signedAtMs: createdMs}});
		return stream.state().seconded?.question === question.id;
	};

	const look = async (): Promise<void> => {
		const jobs = (await warehouse.listJobs(prefixOf(run), sinceMs)).filter(job => isSigned(job) && !seen.has(job.id));
		for (const job of jobs) {
			seen.add(job.id);
			if (isFirstLook) {
				tell(`${job.user ?? ''} signed before production was asked for. It has to be signed again.`);
			} else if (!isOver && await judge(job)) {
				isOver = true;
				onSeconded();
			}
		}

		isFirstLook = false;
	};

	const lookNow = (): void => {
		if (isLooking || isOver) {
			return;
		}

		isLooking = true;
		look().catch((error: unknown) => {
			tell(`The signature of a second person can't be looked for: ${failureOf(error).message}`);
		}).finally(() => {
			isLooking = false;
		});
	};

	lookNow();
	const timer = clock.every(lookForSignatureMs, lookNow);
	return {
		[Symbol.dispose]() {
			isOver = true;
			timer[Symbol.dispose]();
		},
	};
};
