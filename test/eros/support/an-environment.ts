// The three archetype pages, and an environment of agents over the recorded warehouse.
import type {AgentEnvironment} from '../../../source/eros/agent.js';
import {createCsvSink} from '../../../source/eros/sinks/file-sinks.js';
import {createMemoryFiles, type MemoryFiles} from './memory-files.js';
import {createRecordedWarehouse, type PageFacts, type RecordedOptions, type RecordedWarehouse} from './recorded-warehouse.js';
import {createVirtualClock, type VirtualClock} from './virtual-clock.js';

const steady = Array.from({length: 28}, () => ({messages: 4, viewed: 10_000, purchased: 450}));

/** Healthy large, saturated medium, growing small. */
export const archetypes: Readonly<Record<'test_healthy_large' | 'test_saturated_medium' | 'test_growing_small', PageFacts>> = {
	test_healthy_large: {size: 'LARGE', zone: 'GREEN', score: 0, segment: 'PREMIUM', days: steady},
	test_saturated_medium: {size: 'MEDIUM', zone: 'RED', score: 0.8, segment: 'STANDARD', days: [{messages: 9, viewed: 10_000, purchased: 150}, ...steady]},
	test_growing_small: {size: 'SMALL', zone: 'GREEN', score: 0, segment: 'EXPLORATORY', days: [{messages: 4, viewed: 5000, purchased: 325}, ...steady]},
};

export const archetypeNames = Object.keys(archetypes);

export type TestEnvironment = AgentEnvironment & {readonly warehouse: RecordedWarehouse; readonly clock: VirtualClock; readonly files: MemoryFiles};

export const weekStart = '2025-11-03';
/** Sunday evening in Los Angeles, before the week that is planned. */
export const beforeWeekMs = Date.parse('2025-11-02T20:00:00-08:00');

export const createTestEnvironment = (options: Partial<Omit<RecordedOptions, 'clock'>> & {readonly exports?: boolean; readonly clockStartMs?: number} = {}): TestEnvironment => {
	const clock = createVirtualClock(options.clockStartMs ?? beforeWeekMs);
	const files = createMemoryFiles();
	const warehouse = createRecordedWarehouse({pages: archetypes, ...options, clock});
	return {
		warehouse,
		clock,
		files,
		dataset: 'eros_staging_7f3a',
		timeZone: 'America/Los_Angeles',
		runId: '7f3a91c2',
		sinks: options.exports === false ? [] : [createCsvSink({files, pathOf: schedule => `out/${schedule.page_name}_${schedule.metadata.week_start}.csv`})],
		maximumBytesBilled: 10_000_000_000,
		jobTimeoutMs: 300_000,
	};
};
