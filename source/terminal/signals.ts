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

/**
 * Lets this process, when it ends, end by SIGHUP: 129 to whoever waits for it. Restoring the modes of a terminal that is
 * gone fails, and Node before 24 aborts on that (nodejs/node#51519): 134 and a core file instead.
 */
export const endByHangUp = (): void => {
	process.once('exit', () => {
		process.removeAllListeners('SIGHUP');
		process.kill(process.pid, 'SIGHUP');
	});
};

/** Stops this process as Ctrl-Z does; it continues after `fg`. */
export const stopProcess = (): void => {
	process.kill(process.pid, 'SIGTSTP');
};

/** Has the terminal's size read again: a change while the process was stopped was told to the shell alone. */
export const refreshSize = (): void => {
	process.kill(process.pid, 'SIGWINCH');
};
