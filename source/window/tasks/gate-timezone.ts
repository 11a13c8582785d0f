// Gate test #5: runtime, warehouse and schedules agree on business time at both edges of daylight saving.
import type {StepContext} from '../../engine/task.js';
import {formatDuration} from '../../domain/wording/duration.js';
import {checksOf, type Checks} from '../criteria.js';
import {clockOf, formatZoned} from '../zone-time.js';
import {nextFirings} from '../schedule-times.js';
import {objectsFor} from '../deploy-set.js';
import {vectorZone, zoneVectors} from './golden-vectors.js';
import {runSmokeFile} from '../smoke.js';
import {configsOf} from './view-and-schedules.js';

const gateTests = [['gate-analyzer', '3.1'], ['gate-selector', '3.2'], ['gate-builder', '3.3'], ['gate-exporter', '3.4']] as const;

/** What the runtime makes of the vectors, against the expected civil times. */
const runtimeDifferences = (): readonly string[] =>
	zoneVectors.filter(([utc, local]) => formatZoned(Date.parse(utc), vectorZone).slice(0, 19) !== local).map(([utc]) => `${utc} is ${formatZoned(Date.parse(utc), vectorZone)} here`);

/** The daily configs on a day in each offset: one of them has to fall into business hour 2. */
const checkGuard = async (context: StepContext, {check}: Checks): Promise<boolean> => {
	const configs = configsOf(await objectsFor(context, context.stagingDataset)).map(({config}) => config).filter(({schedule}) => schedule.startsWith('every day'));
	const days = ['2025-10-30T00:00:00Z', '2025-11-05T00:00:00Z', '2026-07-01T00:00:00Z'];
	const shown = days.map(day => configs.map(config => clockOf(nextFirings(config, Date.parse(day), 1)[0] ?? 0, vectorZone)));
	const ok = configs.length > 0 && shown.every(clocks => clocks.some(clock => clock.startsWith('02:')));
	const evidence = days.map((day, index) => `${day.slice(0, 10)} ${shown[index]?.join(' and ') ?? ''}`).join(', ');
	check('schedules-zone', ok, evidence);
	check('schedules-use-local', ok, 'the body acts in business hour 2 or 3, once a business day');
	return ok;
};

/** #5, and the gate's own criteria. */
export const runTimezoneTest = async (context: StepContext): Promise<string> => {
	const checks = checksOf(context);
	const {check} = checks;
	const runtime = runtimeDifferences();
	check('runtime-zone', runtime.length === 0, runtime[0] ?? `${zoneVectors.length} instants, both edges`);
	check('runtime-uses-iana', runtime.length === 0, `${context.settings.timeZone} through the Temporal API`);
	const smoke = await runSmokeFile(context, {file: 'sql/smoke/5-time-zone.sql', dataset: context.stagingDataset, title: `business time in the warehouse, ${zoneVectors.length} instants`});
	const isWarehouseRight = smoke.judge(checks, 'warehouse-zone', ['vectors', 'ambiguous hour, first', 'ambiguous hour, second', 'last second of Sunday', 'spring gap', 'daily query in summer', 'daily query in winter']);
	if (isWarehouseRight) {
		check('warehouse-zone', true, `${smoke.evidenceOf('vectors')}; both edges and the daily queries, ${formatDuration(smoke.durationMs)} of 5s`);
	}

	const isOneClock = runtime.length === 0 && isWarehouseRight;
	check('no-confusion', isOneClock, 'the ambiguous hour of 2 November and the missing one of 8 March agree');
	smoke.judge(checks, 'no-zone-confusion', ['times in the tables']);
	smoke.judge(checks, 'all-times-local', ['dates in the tables', 'times in the tables']);
	const isGuarded = await checkGuard(context, checks);
	const open = gateTests.flatMap(([name, id]) => {
		const step = [...context.state().steps.values()].find(({task}) => String(task.id) === id);
		const ok = step?.state.kind === 'passed';
		check(name, ok, ok && step.state.kind === 'passed' ? step.state.summary : `${id} has not passed`);
		return ok ? [] : [id];
	});
	check('gate-time-zone', isOneClock && isGuarded, isOneClock ? 'vectors and schedules agree' : 'vectors differ');
	return open.length === 0 ? 'runtime, warehouse and schedules agree' : `open: ${open.join(', ')}`;
};
