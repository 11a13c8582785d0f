// What `eros-tui verify` finds: every damage to the file, and every lie in an undamaged one.
import {cp, mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest';
import {run as verify} from '../../source/commands/verify.js';
import type {JournaledEvent, RunEvent} from '../../source/domain/events.js';
import {jobId, planHash, taskId} from '../../source/domain/ids.js';
import {readJournalBytes} from '../../source/journal/index.js';
import {firstPreviousHash, writeLine} from '../../source/journal/line.js';
import {sealPath} from '../../source/journal/seal.js';
import {aProductionRun} from '../engine/support/production-run.js';
import {cleanUpTestRuns} from '../engine/support/test-run.js';
import {runCaptured, type Captured} from '../support/captured-command.js';
import {damage} from '../support/mutilate.js';

let home: string;
let folder: string;
let journal: string;
let good: Uint8Array;
let goodSeal: string;
let artifact: string;

const verified = async (options: Readonly<Record<string, unknown>> = {}): Promise<Captured> => runCaptured(verify, {EROS_HOME: home}, ['7f3a91c2'], options);

/** Writes a journal of these events, chained and sealed as if it had always been so. */
const write = async (events: readonly RunEvent[]): Promise<void> => {
	let prevHash = firstPreviousHash;
	const lines: string[] = [];
	for (const [index, event] of events.entries()) {
		const {hash: _hash, ...rest} = {...event, seq: index + 1, prevHash} as JournaledEvent;
		const {line, hash} = writeLine(rest as Omit<JournaledEvent, 'hash'>);
		lines.push(`${line}\n`);
		prevHash = hash;
	}

	await writeFile(journal, lines.join(''));
	await writeFile(sealPath(journal), JSON.stringify({seq: lines.length, hash: prevHash}));
};

const goodEvents = (): readonly JournaledEvent[] => readJournalBytes(good).events;

beforeAll(async () => {
	home = await mkdtemp(path.join(tmpdir(), 'eros-verify-'));
	folder = path.join(home, 'state', 'test-project.eros', 'runs', '7f3a91c2');
	await mkdir(folder, {recursive: true});
	const run = await aProductionRun();
	expect(await run.session.finished).toBe(0);
	await run.journal.close();
	await cp(run.folder, folder, {recursive: true});
	journal = path.join(folder, 'journal.ndjson');
	artifact = path.join(run.folder, 'artifacts', 'report.txt');
	good = await readFile(journal);
	goodSeal = await readFile(sealPath(journal), 'utf8');
});

afterAll(async () => {
	await cleanUpTestRuns();
	await rm(home, {recursive: true, force: true});
});

beforeEach(async () => {
	await writeFile(journal, good);
	await writeFile(sealPath(journal), goodSeal);
	await writeFile(artifact, 'all is well\n');
});

describe('eros-tui verify', () => {
	it('finds a run sound, and says what it checked', async () => {
		const {code, stdout} = await verified();
		expect(stdout).toContain('run 7f3a91c2 is sound');
		expect(code).toBe(0);
		expect(stdout.split('\n').filter(line => line.startsWith('✓')).map(line => line.slice(2, 16).trim())).toEqual(['chain', 'transitions', 'jobs', 'authority', 'approvals', 'restore point', 'criteria', 'plan', 'blobs', 'artifacts']);
		expect(stdout).toContain('2 changes of production');
		expect(JSON.parse((await verified({json: true})).stdout)).toMatchObject({run: '7f3a91c2', finished: true, sound: true});
	});

	it('detects 1,000 of 1,000 damages to the journal', async () => {
		const missed: string[] = [];
		for (let seed = 1; seed <= 1000; seed += 1) {
			const {kind, detail, bytes} = damage(good, seed);
			await writeFile(journal, bytes);
			const {code} = await verified();
			if (code !== 1) {
				missed.push(`seed ${seed}: ${kind} ${detail}`);
			}
		}

		expect(missed).toEqual([]);
	});

	it('says where the damage is and how to read on', async () => {
		const bytes = Uint8Array.from(good);
		bytes[good.indexOf(0x0A) + 30]! ^= 1;
		await writeFile(journal, bytes);
		const {code, stdout} = await verified();
		expect(code).toBe(1);
		expect(stdout).toContain(`${journal}:2 (byte ${good.indexOf(0x0A) + 1}): its hash does not match its content`);
		expect(stdout).toContain('eros-tui show 7f3a91c2');
		expect(JSON.parse((await verified({json: true})).stdout)).toMatchObject({sound: false, checks: expect.arrayContaining([expect.objectContaining({id: 'chain', holds: false})]) as unknown});
	});

	it('accepts the cut-off line of a writer that was killed, in a run that is not over', async () => {
		const lines = Buffer.from(good).toString().split('\n');
		await writeFile(journal, `${lines.slice(0, 4).join('\n')}\n{"v":1,"se`);
		await rm(sealPath(journal));
		const {code, stdout} = await verified();
		expect(stdout).toContain('10 bytes of a cut-off line');
		expect(stdout).toContain('it is not finished');
		expect(code).toBe(0);
	});

	it.each<readonly [lie: string, check: string, finding: string, tell: (events: readonly JournaledEvent[]) => readonly RunEvent[]]>([
		['a job without intent', 'jobs', 'was never intended', events => events.filter(event => event.type !== 'job.intended')],
		['a job accepted twice', 'jobs', 'already', events => events.flatMap<RunEvent>(event => (event.type === 'job.accepted' ? [event, event] : [event]))],
		['a job that ended twice', 'jobs', 'ended at event', events => events.flatMap<RunEvent>(event => (event.type === 'job.finished' ? [event, event] : [event]))],
		['a change without the lease', 'authority', 'no lease was held', events => events.filter(event => event.type !== 'lease.taken')],
		['a change under another epoch', 'authority', 'epoch 1 was held', events => events.map(event => (event.type === 'job.intended' && event.data.authority !== undefined ? {...event, data: {...event.data, authority: {...event.data.authority, leaseEpoch: 7}}} : event))],
		['a change under another plan', 'authority', 'it carries plan 0000-0000', events => events.map(event => (event.type === 'job.intended' && event.data.authority !== undefined ? {...event, data: {...event.data, authority: {...event.data.authority, planHash: planHash('00000000')}}} : event))],
		['a change that nobody approved', 'approvals', 'nobody had approved', events => events.map(event => (event.type === 'question.answered' ? {...event, data: {id: event.data.id, answer: 'rejected', by: 'ana'}} : event))],
		['an approval of another plan', 'approvals', 'approves plan 0000-0000', events => events.map(event => (event.type === 'question.asked' && event.data.question.kind === 'production' ? {...event, data: {question: {...event.data.question, detail: {...event.data.question.detail, planHash: planHash('00000000')}}}} : event))],
		['an approval that no second person had signed, in a run that needs one', 'approvals', 'which no second person had signed', events => events.map(event => (event.type === 'run.started' ? {...event, data: {...event.data, isSecondPersonRequired: true}} : event))],
		['an approval signed by the driver both times', 'approvals', 'signed by ana@example.com both times', events => events.flatMap<RunEvent>(event => {
			if (event.type !== 'question.asked' || event.data.question.kind !== 'production') {
				return [event];
			}

			const {id, detail} = event.data.question;
			return [{...event, data: {question: {...event.data.question, detail: {...detail, secondPerson: {command: ''}}}}}, {...event, type: 'approval.seconded', data: {question: id, planHash: detail.planHash, principal: 'ana@example.com', driver: 'ana@example.com', osUser: '', job: jobId('s'), signedAtMs: 1}}];
		})],
		['a restore point that was never proven', 'restore point', 'was not proven before it', events => events.filter(event => event.type !== 'restore-point.proven')],
		['a restore point proven too late', 'restore point', 'was not proven before it', events => {
			const proven = events.filter(event => event.type === 'restore-point.proven');
			return [...events.filter(event => event.type !== 'restore-point.proven' && event.type !== 'run.finished'), ...proven, events.at(-1)!];
		}],
		['counts that nothing bears out', 'criteria', 'the events before it say', events => events.map(event => (event.type === 'run.finished' ? {...event, data: {...event.data, criteria: {...event.data.criteria, auto: 99}}} : event))],
		['a step that passed before its dependencies', 'transitions', 'does not fit', events => events.filter(event => !(event.type === 'step.passed' && event.data.task === taskId('3.1')))],
		['a job of a name nobody gave', 'transitions', 'never intended', events => events.map(event => (event.type === 'job.finished' ? {...event, data: {...event.data, job: {...event.data.job, id: jobId('someone_elses')}}} : event))],
	])('finds %s, though every hash is right', async (_lie, check, finding, tell) => {
		await write(tell(goodEvents()));
		const {code, stdout} = await verified({json: true});
		expect(code).toBe(1);
		const {checks} = JSON.parse(stdout) as {readonly checks: readonly {readonly id: string; readonly findings: readonly string[]}[]};
		expect(checks.find(({id}) => id === 'chain')?.findings).toEqual([]);
		expect(checks.find(({id}) => id === check)?.findings.join('\n')).toContain(finding);
	});

	it('finds an artifact that was changed or taken away, and a journal in a strange folder', async () => {
		await writeFile(artifact, 'all is  well\n');
		expect((await verified()).stdout).toContain('report.txt differs from what was journaled');
		await rm(artifact);
		expect((await verified()).stdout).toContain('report.txt is missing');
		const strange = path.join(path.dirname(folder), 'aaaa0000');
		await cp(folder, strange, {recursive: true});
		expect((await runCaptured(verify, {EROS_HOME: home}, ['aaaa0000'])).stdout).toContain('belongs to run 7f3a91c2');
		await rm(strange, {recursive: true});
	});
});
