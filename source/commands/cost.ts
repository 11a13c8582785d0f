// `eros-tui cost`: what the dataset's queries cost, by day, and what drives it.
import {UsageError} from '../domain/usage-error.js';
import {formatMoney} from '../domain/wording/amount.js';
import {costOf} from '../engine/monitor-sample.js';
import {loadSettings} from '../settings/index.js';
import {costParameters, withMonitoring} from './ask-monitoring.js';
import type {CommandRun} from './command.js';
import {exitCode} from './exit-codes.js';

const parseDays = (value: unknown): number => {
	const days = Number(value ?? 7);
	if (!Number.isInteger(days) || days < 1 || days > 180) {
		throw new UsageError([{field: '--days', value: String(value), accepted: 'a whole number from 1 to 180: job history is kept for 180 days', fix: 'eros-tui cost --days 30'}]);
	}

	return days;
};

const dayMs = 86_400_000;

export const run: CommandRun = async ({options, io}) => {
	const days = parseDays(options['days']);
	const settings = await loadSettings(options, io.env);
	return withMonitoring(settings, io, async ({ask, now}) => {
		const byDay = await ask('sql/monitoring/cost_by_day.sql', [{name: 'days', type: 'INT64', value: days}, {name: 'price_per_tib_micros', type: 'INT64', value: settings.pricePerTibMicros}]);
		const [row] = await ask('sql/monitoring/cost.sql', costParameters(settings, (await now()) - dayMs));
		const current = costOf(row ?? {}, dayMs);
		const listed = byDay.map(day => ({day: String(day['day']), micros: Number(day['micros']), billedBytes: Number(day['billed_bytes']), jobs: Number(day['jobs'])}));
		if (options['json'] === true) {
			io.stdout.write(`${JSON.stringify({days: listed, ...current})}\n`);
			return exitCode.done;
		}

		const lines = [
			`last 24 h ${formatMoney(current.last24hMicros)}   today ${formatMoney(current.todayMicros)}   expected ${formatMoney(settings.expectedDailyCostMicros)} a day`,
			...listed.map(({day, micros, jobs}) => `  ${day}  ${formatMoney(micros).padStart(10)}  ${jobs} jobs`),
			...current.drivers.map(({name, micros}) => `  ${name}: ${formatMoney(micros)}`),
			'List price on demand; the first TiB of a month is free and not subtracted.',
		];
		io.stdout.write(`${lines.join('\n')}\n`);
		return exitCode.done;
	});
};
