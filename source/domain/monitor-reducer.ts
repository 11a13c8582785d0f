// The part of the run state that the monitor writes.
import type {JournaledEvent} from './events.js';
import type {MonitorState, RunState} from './run-state.js';

const changeMonitor = (state: RunState, change: (monitor: MonitorState) => MonitorState): RunState =>
	state.monitor === undefined ? state : {...state, monitor: change(state.monitor)};

/** Applies an event of the monitor; any other leaves the state as it was. */
export const reduceMonitor = (state: RunState, event: JournaledEvent): RunState => {
	switch (event.type) {
		case 'monitor.started': {
			const {t0Ms, offsetsMs, checkpoints, expectedDailyCostMicros} = event.data;
			return {...state, monitor: {t0Ms, offsetsMs, checkpoints, expectedDailyCostMicros, samples: [], flags: [], recommendation: 'continue', blindWindows: [], isFinished: false}};
		}

		case 'monitor.sampled': {
			return changeMonitor(state, monitor => ({...monitor, samples: [...monitor.samples, event.data]}));
		}

		case 'monitor.flagged': {
			return changeMonitor(state, monitor => ({...monitor, flags: event.data.flags, recommendation: event.data.recommendation}));
		}

		case 'monitor.reviewed': {
			const {checkpoint: id, by, note, isAutomatic} = event.data;
			return changeMonitor(state, monitor => ({
				...monitor,
				checkpoints: monitor.checkpoints.map(checkpoint => (checkpoint.id === id ? {...checkpoint, review: {by, note, atMs: event.wall, isAutomatic}} : checkpoint)),
			}));
		}

		case 'monitor.blinded': {
			return changeMonitor(state, monitor => ({...monitor, blindWindows: [...monitor.blindWindows, event.data]}));
		}

		case 'monitor.finished': {
			return changeMonitor(state, monitor => ({...monitor, isFinished: true}));
		}

		default: {
			return state;
		}
	}
};
