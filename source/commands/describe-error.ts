// What a person is told when a command throws, and the exit code that goes with it.
import {UsageError} from '../domain/usage-error.js';
import {packageVersion} from '../package-info.js';
import type {LeaseHeldError} from '../ports/lease.js';
import {exitCode} from './exit-codes.js';

/** An error in words, with the next step, and its exit code. Adapters throw their own classes; kind and name are enough here and keep them out of start-up. */
export const describeError = (error: unknown): {readonly exitCode: number; readonly text: string} => {
	if (error instanceof UsageError) {
		return {exitCode: exitCode.usage, text: error.message};
	}

	const {kind} = error as {readonly kind?: unknown};
	if (error instanceof Error && (kind === 'unauthenticated' || kind === 'forbidden')) {
		return {exitCode: exitCode.authentication, text: error.message};
	}

	switch (error instanceof Error ? error.name : '') {
		case 'WarehouseError':
		case 'LaunchError': {
			return {exitCode: exitCode.failed, text: (error as Error).message};
		}

		case 'LeaseHeldError': {
			const isRun = !/^eros-tui.(?:schedule|orchestrate)$/.test((error as LeaseHeldError).holder);
			return {exitCode: exitCode.locked, text: `${(error as Error).message}\n  ${isRun ? 'Watch it with: eros-tui attach' : 'It works in its own terminal; start again when it is done.'}`};
		}

		case 'JournalLockedError': {
			return {exitCode: exitCode.locked, text: `${(error as Error).message}\n  Watch it with: eros-tui attach`};
		}

		case 'JournalWriteError':
		case 'JournalDamagedError': {
			return {exitCode: exitCode.needsPerson, text: (error as Error).message};
		}

		default: {
			return {exitCode: exitCode.bug, text: `${error instanceof Error ? error.stack ?? error.message : String(error)}\nThis is a bug in eros-tui ${packageVersion()}; the lines above say where.`};
		}
	}
};
