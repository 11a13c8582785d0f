// A made-up week of one page, with text that must not reach a terminal as it is.
import type {WeekView} from '../../source/store/select-week.js';

const days = ['Mon 3', 'Tue 4', 'Wed 5', 'Thu 6', 'Fri 7', 'Sat 8', 'Sun 9'].map((label, index) => ({label, date: `2025-11-0${index + 3}`}));
/** 21 messages on seven days. */
export const week: WeekView = {
	page: 'test_creator', week: 'week of Mon 3 Nov 2025 (PT)', facts: 'MEDIUM · GREEN 0.00 · 12 PPV + 8 bumps', days,
	messages: days.flatMap(({date}, day) => ['08:30', '11:40', '19:20'].map((time, index) => ({
		date, time, mark: index === 0 ? 'b' as const : 'P' as const, tier: index === 0 ? '' : index === 1 ? 'mid' : 'pre', ...(index === 0 ? {} : {price: 20 + day}), isUrgent: index === 2 && day === 4,
		detail: [['message', `${day * 3 + index + 1} of 21`], ['text', 'A caption \u001B[31mwith colour\u001B[0m and 予約 in it.']] as const,
	}))),
	totals: ['tiers    budget 4 · mid 5 · premium 3   price $15-$44   urgent 2', 'locks    20 held, 0 conflicts, 1 reselections   filled 18 of 18   explore 4 · exploit 14'],
	warnings: ['start date Tue 4 Nov moved to Monday 3 Nov'], files: ['schedules/test_creator_2025-11-03.csv   20 rows, 11 columns, read back equal'],
	chosen: 0, isOpen: false, said: '',
};
