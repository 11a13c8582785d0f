// Signals of the terminal's life, with one listener each that its disposal removes.
import process from 'node:process';

export type SignalHandlers = {readonly [Name in NodeJS.Signals]?: () => void};

/** Calls back on signals until disposed. A handled signal no longer ends the process by itself. */
export const onSignals = (handlers: SignalHandlers): Disposable => {
	const entries = Object.entries(handlers) as readonly (readonly [NodeJS.Signals, () => void])[];
	for (const [signal, handler] of entries) {
		process.on(signal, handler);
	}

	return {
		[Symbol.dispose]: () => {
			for (const [signal, handler] of entries) {
				process.off(signal, handler);
			}
		},
	};
};

/** Stops this process as Ctrl-Z does; it continues after `fg`. */
export const stopProcess = (): void => {
	process.kill(process.pid, 'SIGTSTP');
};

/** Has the terminal's size read again: a change while the process was stopped was told to the shell alone. */
export const refreshSize = (): void => {
	process.kill(process.pid, 'SIGWINCH');
};
