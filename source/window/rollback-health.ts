// The health of production after a rollback. What measures it came with the release that was rolled back: over the
// former tables it may find nothing to measure, and then says so instead of giving points.
import type {HealthReading, RollbackRequest} from '../engine/rollback-proof.js';
import type {StepContext} from '../engine/task.js';
import {failureOf} from '../engine/job-failure.js';
import type {Row} from '../ports/warehouse.js';
import {monitorQueries} from './tasks/monitoring.js';

const procedure = 'measure_health';
const fullIntegrity = 20;

type Component = {readonly name: string; readonly weight: number; readonly points: number | null; readonly detail: string};

const componentsOf = (row: Row): readonly Component[] => {
	const value = row['components'];
	return (typeof value === 'string' ? JSON.parse(value) : value ?? []) as readonly Component[];
};

const firstOf = (problems: string): string => problems.split('; ')[0]!.split('\n')[0]!.slice(0, 160);

/**
 * Takes one sample after a rollback.
 * A release with a health check of its own is held to it, failed parts included. Where the health check did not exist
 * before, a sample counts only when every part of it could be measured.
 */
export const readRollbackHealth = async (context: StepContext, {manifest}: Pick<RollbackRequest, 'manifest'>): Promise<HealthReading> => {
	const isOwn = manifest.entries.some(({type, name, status}) => type === 'routine' && name === procedure && status === 'saved');
	const leftOver = `${procedure} came with the release that was rolled back`;
	let row: Row | undefined;
	try {
		const {health} = await monitorQueries(context);
		row = (await context.run({...health, title: 'health query'})).rows[0];
	} catch (error) {
		context.signal.throwIfAborted();
		return {kind: 'not-measurable', reason: isOwn ? failureOf(error).message : `${leftOver} (${failureOf(error).message})`};
	}

	const score = row?.['score'];
	const problems = String(row?.['problems'] ?? '');
	if (row === undefined || score === null || score === undefined) {
		return {kind: 'not-measurable', reason: 'the health query gave no score'};
	}

	if (problems !== '' && !isOwn) {
		return {kind: 'not-measurable', reason: `${leftOver} and can't read what stands now (${firstOf(problems)})`};
	}

	const components = componentsOf(row);
	const short = components.filter(({points, weight}) => (points ?? 0) < weight).map(({name, points, weight, detail}) => `${name} ${points ?? 0}/${weight}: ${detail}`);
	return {
		kind: 'measured',
		score: Number(score),
		isIntegrityFull: components.some(({name, points}) => name === 'integrity' && (points ?? 0) >= fullIntegrity),
		detail: [...short, ...(problems === '' ? [] : [firstOf(problems)])].join('; '),
	};
};
