// All pages of the sample through the real client: analyzer, monitor, selector, locks, header row, CSV file, export log.
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type {Connection} from '../../source/cloud/connect.js';
import {createOrchestrator} from '../../source/eros/orchestrator.js';
import {createCsvSink} from '../../source/eros/sinks/file-sinks.js';
import {createFiles} from '../../source/host/files.js';
import {createSystemClock} from '../../source/host/system-clock.js';
import {names, nowMs} from './warehouse.js';

export type OrchestrateFigures = {
	readonly wallMs: number;
	/** Processor time of this process, the warehouse in it included. */
	readonly processorMs: number;
	readonly pages: number;
	readonly messages: number;
	/** Mean duration of each agent, ms. */
	readonly agents: Readonly<Record<string, number>>;
};

const weekStart = '2025-11-10';

/** Plans the next week of every page of the sample. @throws when a page fails. */
export const orchestrateSample = async (connection: Connection): Promise<OrchestrateFigures> => {
	const folder = await mkdtemp(path.join(tmpdir(), 'eros-tui-bench-'));
	const {drive, seed} = connection.embedded!;
	await drive.set(nowMs);
	const system = createSystemClock();
	const aheadMs = nowMs - system.now();
	const files = createFiles();
	const spent = new Map<string, number>();
	const pageNames = Array.from({length: 38}, (_, index) => `page_${String(index + 1).padStart(2, '0')}`);
	try {
		const before = process.cpuUsage();
		const startedMs = performance.now();
		const {summary} = await createOrchestrator({
			warehouse: seed.warehouse,
			clock: {...system, now: () => system.now() + aheadMs},
			files,
			dataset: names.dataset,
			timeZone: names.timeZone,
			runId: 'bench',
			sinks: [createCsvSink({files, pathOf: schedule => path.join(folder, `${schedule.page_name}.csv`)})],
			maximumBytesBilled: 10_000_000_000,
			jobTimeoutMs: 60_000,
		}).run({
			pageNames,
			weekStart,
			onProgress(progress) {
				if (progress.kind === 'agent-finished') {
					spent.set(progress.envelope.agent, (spent.get(progress.envelope.agent) ?? 0) + progress.envelope.duration_ms);
				}
			},
		});
		const wallMs = performance.now() - startedMs;
		const {user, system: kernel} = process.cpuUsage(before);
		if (summary.errors.length > 0) {
			throw new Error(`orchestrate: ${summary.errors.map(error => `${error.page_name} ${error.agent} ${error.code}: ${error.message}`).join('; ')}`);
		}

		return {
			wallMs,
			processorMs: (user + kernel) / 1000,
			pages: pageNames.length,
			messages: Object.values(summary.page_results).reduce((sum, result) => sum + result.total_messages, 0),
			agents: Object.fromEntries([...spent].map(([agent, ms]) => [agent, ms / pageNames.length])),
		};
	} finally {
		await rm(folder, {recursive: true, force: true});
	}
};
