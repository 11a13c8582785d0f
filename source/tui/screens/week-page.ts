// A week of messages as a page: move with the arrows, Enter opens the message.
import {footerRow} from '../../store/select-footer.js';
import {chooseMessage, weekHeader, weekRows, type WeekMessage, type WeekView} from '../../store/select-week.js';
import type {TerminalSize} from '../../terminal/size.js';
import type {PageFrame, PageStep} from '../mount-page.js';

const hints = [
	{key: 'enter', text: 'caption', isFirst: true}, {key: 'arrows', text: 'move'}, {key: 'c', text: 'csv'}, {key: 'j', text: 'json'}, {key: 'y', text: 'copy the file'}, {key: 'q', text: 'quit', stays: true},
];

/** One frame of the week. */
export const drawWeek = (view: WeekView, {columns, rows}: TerminalSize): PageFrame => {
	const header = weekHeader(view, columns);
	const footer = view.isOpen ? footerRow([{key: 'arrows', text: 'other messages'}, {key: 'Esc', text: 'back', stays: true}], [], columns) : footerRow(hints, [], columns);
	return {header, body: weekRows(view, columns, rows - 1 - header.length - 3), footer};
};

/** The nearest message of another day, by time of day. */
const acrossDays = (view: WeekView, by: 1 | -1): WeekView => {
	const own = view.messages[view.chosen];
	const minuteOf = ({time}: WeekMessage): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
	const from = view.days.findIndex(({date}) => date === own?.date);
	for (let day = from + by; own && day >= 0 && day < view.days.length; day += by) {
		const there = view.messages.map((message, index) => ({message, index})).filter(({message}) => message.date === view.days[day]?.date);
		const nearest = there.sort((a, b) => Math.abs(minuteOf(a.message) - minuteOf(own)) - Math.abs(minuteOf(b.message) - minuteOf(own)))[0];
		if (nearest) {
			return {...view, chosen: nearest.index};
		}
	}

	return view;
};

/** What a key does; `save` writes the schedule in another format and says where. */
export const weekKey = (save: (format: 'csv' | 'json') => void) => (view: WeekView, key: string): PageStep<WeekView> => {
	switch (key) {
		case 'q':
		case 'ctrl-c': {
			return key === 'q' && view.isOpen ? {view: {...view, isOpen: false}} : {isLeaving: true};
		}

		case 'esc': {
			return view.isOpen ? {view: {...view, isOpen: false}} : {};
		}

		case 'enter': {
			return {view: {...view, isOpen: !view.isOpen}};
		}

		case 'down':
		case 'up': {
			return {view: chooseMessage(view, key === 'down' ? 1 : -1)};
		}

		case 'left':
		case 'right': {
			return {view: acrossDays(view, key === 'right' ? 1 : -1)};
		}

		case 'home':
		case 'end': {
			return {view: chooseMessage(view, key === 'home' ? -view.messages.length : view.messages.length)};
		}

		case 'c':
		case 'j': {
			save(key === 'c' ? 'csv' : 'json');
			return {};
		}

		case 'y': {
			const [file] = view.files;
			return file === undefined ? {} : {copy: file.split('   ')[0] ?? file, view: {...view, said: 'Sent the path to the terminal\'s clipboard.'}};
		}

		default: {
			return {};
		}
	}
};
