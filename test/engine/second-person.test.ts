// The second person, against the job list of a real warehouse: who signed is its word.
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {adminRequest} from '../../source/cloud/embedded.js';
import {planHash, runId, type PlanHash} from '../../source/domain/ids.js';
import {sign} from '../../source/engine/second-person.js';
import {WarehouseError, type Warehouse} from '../../source/ports/warehouse.js';
import {startLoopback, type Loopback} from '../cloud/loopback.js';
import {createMemoryWarehouse} from './support/memory-warehouse.js';
import {aProductionRun, productionWindow} from './support/production-run.js';
import {cleanUpTestRuns, startTestRun, testHash, type TestRun, type TestRunOptions} from './support/test-run.js';

let loopback: Loopback;
let signatures = 0;

beforeEach(async () => {
	loopback = await startLoopback();
});
afterEach(async () => {
	await cleanUpTestRuns();
	await loopback.close();
});

const tokenOf = async (user: string): Promise<string> => ((await adminRequest(loopback.instance, 'POST', 'tokens', {user})) as {readonly token: string}).token;
const warehouseOf = async (user: string): Promise<Warehouse> => (await loopback.connectAgain({env: {EROS_WAREHOUSE_TOKEN: await tokenOf(user)}})).warehouse;

const signAs = async (warehouse: Warehouse, hash: PlanHash = testHash): Promise<string> => {
	signatures += 1;
	return (await sign(warehouse, {run: runId('7f3a91c2'), planHash: hash, osUser: 'Rev.Iewer', nonce: String(signatures), maximumBytesBilled: 1e9, timeoutMs: 10_000})).id;
};

/** A run whose jobs are in memory and whose job list is the real warehouse's. */
const aStrictRun = async (options: Omit<Partial<TestRunOptions>, 'tasks'> = {}): Promise<TestRun> => {
	const {identity, warehouse} = loopback.connection;
	return aProductionRun({
		isUnattended: false, approval: {isSecondPersonRequired: true}, lookForSignatureMs: 20,
		warehouse: {...createMemoryWarehouse(), listJobs: warehouse.listJobs}, ...options, ports: {identity, ...options.ports},
	});
};

/** Resolves when the job list was read so often since. */
const countLooks = (warehouse: Pick<Warehouse, 'listJobs'>): {readonly listJobs: Warehouse['listJobs']; readonly looks: () => number} => {
	let looks = 0;
	return {
		looks: () => looks,
		async listJobs(prefix, sinceMs) {
			const jobs = await warehouse.listJobs(prefix, sinceMs);
			looks += 1;
			return jobs;
		},
	};
};

describe('a user of the embedded warehouse', () => {
	it('is who a token belongs to, in SESSION_USER and in the job list; nobody else can make one', async () => {
		const reviewer = await loopback.connectAgain({env: {EROS_WAREHOUSE_TOKEN: await tokenOf('rev@example.com')}});
		expect(await reviewer.identity.whoAmI()).toEqual({principal: 'rev@example.com', kind: 'local'});
		const id = await signAs(reviewer.warehouse);
		expect(await loopback.connection.warehouse.listJobs('eros_7f3a91c2_second_', 0)).toMatchObject([{id, user: 'rev@example.com', state: 'DONE', labels: {eros_signature_of: '7f3a91c2', eros_plan: testHash, eros_os_user: 'rev_iewer'}}]);
		const token = await tokenOf('rev@example.com');
		await expect(adminRequest({...loopback.instance, token}, 'POST', 'tokens', {user: 'operator@example.com'})).rejects.toThrow('Access Denied: only operator@local may do this.');
		const forged = `${Buffer.from('boss@example.com').toString('base64url')}.${token.split('.')[1]!}`;
		await expect(warehouseWith(forged)).rejects.toMatchObject({kind: 'unauthenticated'} satisfies Partial<WarehouseError>);
	});

	const warehouseWith = async (token: string): Promise<unknown> => (await loopback.connectAgain({env: {EROS_WAREHOUSE_TOKEN: token}})).warehouse.query('SELECT 1 AS one');
});

describe('where a second person is required', () => {
	it('the phrase waits for the signature, and the run goes on with both', async () => {
		const run = await aStrictRun();
		const {question} = await run.next('question.asked', asked => asked.question.kind === 'production');
		expect(question).toMatchObject({detail: {secondPerson: {command: 'eros-tui approve 7f3a-91c2 --run 7f3a91c2'}}});
		const phrase = `deploy test-project.eros ${testHash}`;
		run.session.dispatch({type: 'confirm', question: question.id, phrase});
		expect((await run.next('intent.refused')).reason).toBe('a second person signs first, from another account: eros-tui approve 7f3a-91c2 --run 7f3a91c2');
		await expect.poll(async () => {
			await signAs(await warehouseOf('rev@example.com'));
			return run.all('approval.seconded').length;
		}).toBe(1);
		expect(run.all('approval.seconded')[0]).toMatchObject({question: question.id, planHash: testHash, principal: 'rev@example.com', driver: 'operator@local', osUser: 'rev_iewer'});
		run.session.dispatch({type: 'confirm', question: question.id, phrase});
		expect(await run.session.finished).toBe(0);
		expect(run.session.state().production.kind).toBe('deployed');
	});

	it('the first person can not be the second one, and another plan does not count', async () => {
		const looking = countLooks(loopback.connection.warehouse);
		const run = await aStrictRun({warehouse: {...createMemoryWarehouse(), listJobs: looking.listJobs}});
		await run.next('question.asked', asked => asked.question.kind === 'production');
		await expect.poll(() => looking.looks()).toBeGreaterThan(0);
		await signAs(loopback.connection.warehouse);
		await signAs(await warehouseOf('rev@example.com'), planHash('0badc0de'));
		const own = await run.next('log.written', ({text}) => text.includes('first one'));
		expect(own.text).toBe('operator@local signed as the second person and is the first one. Another account has to sign: eros-tui approve 7f3a-91c2 --run 7f3a91c2');
		const other = await run.next('log.written', ({text}) => text.includes('signed plan'));
		expect(other.text).toBe('rev@example.com signed plan 0bad-c0de; asked for is 7f3a-91c2. The signature does not count.');
		expect(run.all('approval.seconded')).toEqual([]);
	});

	it('a signature from before the question does not count', async () => {
		await signAs(await warehouseOf('rev@example.com'));
		const run = await aStrictRun();
		const told = await run.next('log.written', ({text}) => text.includes('signed before'));
		expect(told.text).toBe('rev@example.com signed before production was asked for. It has to be signed again.');
		expect(run.all('approval.seconded')).toEqual([]);
	});

	it('--approve waits for it too, and says what was approved and by whom', async () => {
		const looking = countLooks(loopback.connection.warehouse);
		const run = await aStrictRun({isUnattended: true, approval: {approve: testHash, isSecondPersonRequired: true}, warehouse: {...createMemoryWarehouse(), listJobs: looking.listJobs}});
		await run.next('question.asked', asked => asked.question.kind === 'production');
		await expect.poll(() => looking.looks()).toBeGreaterThan(0);
		await signAs(await warehouseOf('rev@example.com'));
		expect(await run.session.finished).toBe(0);
		expect(run.all('question.answered').filter(({approves}) => approves === true)).toMatchObject([{by: '--approve', answer: 'plan 7f3a-91c2 by --approve'}]);
	});

	it('a resume asks for it again, also under a looser policy', async () => {
		const looking = countLooks(loopback.connection.warehouse);
		const warehouse = {...createMemoryWarehouse(), listJobs: looking.listJobs};
		const first = await aStrictRun({warehouse});
		await first.next('question.asked', asked => asked.question.kind === 'production');
		await expect.poll(() => looking.looks()).toBeGreaterThan(0);
		await signAs(await warehouseOf('rev@example.com'));
		await first.next('approval.seconded');
		first.session.dispatch({type: 'cancel'});
		await first.session.finished;
		await first.journal.close();
		const second = await startTestRun({tasks: productionWindow(), folder: first.folder, isUnattended: false, warehouse, lookForSignatureMs: 20, ports: {identity: loopback.connection.identity}});
		await expect.poll(() => second.session.state().questions.length).toBe(1);
		const question = second.session.state().questions[0]!;
		expect(question).toMatchObject({detail: {secondPerson: {command: 'eros-tui approve 7f3a-91c2 --run 7f3a91c2'}}});
		second.session.dispatch({type: 'confirm', question: question.id, phrase: `deploy test-project.eros ${testHash}`});
		expect((await second.next('intent.refused')).reason).toContain('a second person signs first');
	});
});
