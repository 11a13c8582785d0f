// `eros-tui health`: one sample. Exit 0 healthy, 1 watch or alert, 2 rollback or unknown.
import type {HealthBand, MonitorSample} from '../domain/health.js';
import {describeHealth} from '../engine/monitor-sample.js';
import {loadSettings} from '../settings/index.js';
import {sampleOnce, withMonitoring} from './ask-monitoring.js';
import type {CommandRun} from './command.js';

const exits: {readonly [Band in HealthBand]: number} = {HEALTHY: 0, WATCH: 1, ALERT: 1, ROLLBACK: 2, UNKNOWN: 2};

/** Lines of a sample; the first is the one that scripts grep for. */
export const healthLines = (sample: MonitorSample): readonly string[] => [
	describeHealth(sample),
	...sample.components.map(({name, weight, points, detail}) => `  ${name.padEnd(10)} ${points === undefined ? 'no data' : `${Math.round(points * 10) / 10}/${weight}`}`.padEnd(24) + detail),
	...sample.scheduleRuns.map(({name, state, lastRunMs}) => `  ${name}: ${state === 'none' ? 'has not run yet' : `${state}, last run ${new Date(lastRunMs ?? 0).toISOString()}`}`),
];

export const run: CommandRun = async ({options, io}) => {
	const settings = await loadSettings(options, io.env);
	return withMonitoring(settings, io, async queries => {
		const sample = await sampleOnce(queries, settings, text => io.stderr.write(`${text}\n`));
		io.stdout.write(options['json'] === true ? `${JSON.stringify(sample)}\n` : `${healthLines(sample).join('\n')}\n`);
		return exits[sample.band];
	});
};
