// Who looks at a run, and which of them drives it.
import type {Reduce} from './run-state.js';

/** Folds the events of views and of the wheel; any other leaves the state as it was. */
export const reduceViews: Reduce = (state, event) => {
	switch (event.type) {
		case 'view.joined': {
			return {...state, views: [...state.views.filter(({id}) => id !== event.data.id), event.data]};
		}

		case 'view.left': {
			const {driver, controlAskedBy, ...rest} = state;
			return {
				...rest,
				views: state.views.filter(({id}) => id !== event.data.id),
				...(driver === undefined || driver === event.data.id ? {} : {driver}),
				...(controlAskedBy === undefined || controlAskedBy === event.data.id ? {} : {controlAskedBy}),
			};
		}

		case 'control.asked': {
			return {...state, controlAskedBy: event.data.view};
		}

		case 'control.passed': {
			const {driver: _driver, controlAskedBy: _askedBy, ...rest} = state;
			return {...rest, ...(event.data.to === undefined ? {} : {driver: event.data.to})};
		}

		default: {
			return state;
		}
	}
};
