import {buildSchedule, type ScheduleInputs} from '../../../source/eros/schedule/build.js';
import {toSchedule} from '../../../source/eros/schedule-envelope.js';
import type {Schedule} from '../../../source/eros/envelope.js';
import {scheduleInputs} from './a-pool.js';

export const aSchedule = (overrides: Partial<ScheduleInputs> = {}): Schedule => {
	const inputs = scheduleInputs(overrides);
	const built = buildSchedule(inputs);
	return toSchedule(built, {
		scheduleId: 'sched_20251103_090000_test_creator_7f3a',
		pageName: inputs.pageName,
		mode: inputs.mode,
		accountSize: inputs.accountSize,
		zone: inputs.zone,
		saturationScore: 0,
		isMonitorUnavailable: false,
		locks: {held: built.messages.length, conflicts: 0, reselections: 0},
	});
};
