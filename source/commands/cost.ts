// `eros-tui cost`: what the dataset's queries cost, by day, and what drives it.
import {UsageError} from '../domain/usage-error.js';
import {formatMoney} from '../domain/wording/amount.js';
import {costOf} from '../engine/monitor-sample.js';
import type {QueryParameter} from '../ports/warehouse.js';
import {loadSettings} from '../settings/index.js';
import {costParameters, withMonitoring} from './ask-monitoring.js';
import type {CommandRun} from './command.js';
import {exitCode} from './exit-codes.js';

/** The job history of BigQuery reaches back so far; what is older stands in daily_query_costs since it is kept. */
const historyDays = 180;
const mostDays = 1095;

const parseDays = (value: unknown): number => {
	const days = Number(value ?? 7);
	if (!Number.isInteger(days) || days < 1 || days > mostDays) {
		throw new UsageError([{field: '--days', value: String(value), accepted: `a whole number from 1 to ${mostDays}`, fix: 'eros-tui cost --days 30'}]);
	}

	return days;
};

const dayMs = 86_400_000;

export const run: CommandRun = async ({options, io}) => {
	const days = parseDays(options['days']);
	const settings = await loadSettings(options, io.env);
	return withMonitoring(settings, io, async ({ask, now}) => {
		const price: QueryParameter = {name: 'price_per_tib_micros', type: 'INT64', value: settings.pricePerTibMicros};
		const recent = await ask('sql/monitoring/cost_by_day.sql', [{name: 'days', type: 'INT64', value: Math.min(days, historyDays)}, price]);
		const kept = days > historyDays ? await ask('sql/monitoring/cost_kept.sql', [{name: 'days', type: 'INT64', value: days}, price]) : [];
		const inHistory = new Set(recent.map(({day}) => String(day)));
		const byDay = [...recent, ...kept.filter(({day}) => !inHistory.has(String(day)))];
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
