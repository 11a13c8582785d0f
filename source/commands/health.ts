// `eros-tui health`: one sample, or what stands behind it. Exit 0 healthy, 1 watch or alert, 2 rollback or unknown.
import type {HealthBand, MonitorSample} from '../domain/health.js';
import {describeHealth} from '../engine/monitor-sample.js';
import {loadSettings} from '../settings/index.js';
import {sampleOnce, withMonitoring} from './ask-monitoring.js';
import type {CommandRun} from './command.js';
import {refuseProblems} from './eros-arguments.js';
import {makeReport, readDays, readReports, type Report} from './health-reports.js';

const exits: {readonly [Band in HealthBand]: number} = {HEALTHY: 0, WATCH: 1, ALERT: 1, ROLLBACK: 2, UNKNOWN: 2};

/** Lines of a sample; the first is the one that scripts grep for. */
export const healthLines = (sample: MonitorSample): readonly string[] => [
	describeHealth(sample),
	...sample.components.map(({name, weight, points, detail}) => `  ${name.padEnd(10)} ${points === undefined ? 'no data' : `${Math.round(points * 10) / 10}/${weight}`}`.padEnd(24) + detail),
	...sample.scheduleRuns.map(({name, state, lastRunMs}) => `  ${name}: ${state === 'none' ? 'has not run yet' : `${state}, last run ${new Date(lastRunMs ?? 0).toISOString()}`}`),
];

/** The report that explains a component which is not full. */
const behind = {errors: '--errors', capacity: '--captions'} as const;

/** Where to look next: one line for each component that lost points and has a report. */
const nextLines = (sample: MonitorSample): readonly string[] =>
	sample.components.flatMap(({name, weight, points}) => (name in behind && points !== undefined && points < weight ? [`  look       eros-tui health ${behind[name as keyof typeof behind]}`] : []));

export const run: CommandRun = async ({options, io}) => {
	const reports = readReports(options);
	const read = readDays(options['days']);
	refuseProblems(['problem' in read ? read.problem : undefined, options['days'] === undefined || reports.some(name => name !== 'captions') ? undefined : {field: '--days', value: String(options['days']), accepted: 'only together with --errors or --drift', fix: 'eros-tui health --errors --days 7'}]);
	const settings = await loadSettings(options, io.env);
	return withMonitoring(settings, io, async queries => {
		if (reports.length > 0) {
			const made: Report[] = [];
			for (const name of reports) {
				made.push(await makeReport(name, 'days' in read ? read.days : 0, queries.ask));
			}

			io.stdout.write(options['json'] === true ? `${JSON.stringify(Object.fromEntries(made.map(({name, rows}) => [name, rows])), (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value))}\n` : `${made.map(({lines}) => lines.join('\n')).join('\n\n')}\n`);
			return Math.max(...made.map(({level}) => level));
		}

		const sample = await sampleOnce(queries, settings, text => io.stderr.write(`${text}\n`));
		io.stdout.write(options['json'] === true ? `${JSON.stringify(sample)}\n` : `${[...healthLines(sample), ...nextLines(sample)].join('\n')}\n`);
		return exits[sample.band];
	});
};
