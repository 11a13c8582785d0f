// Which process this is, in a way that survives the reuse of process ids.
import {readFileSync} from 'node:fs';
import {hostname, userInfo} from 'node:os';
import process from 'node:process';
import type {Writer} from '../ports/journal.js';

/** Start time of a process in clock ticks since boot; undefined where /proc does not exist. */
const readStartTicks = (pid: number): string | undefined => {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
		// The command name is in parentheses and may hold spaces; the start time is the 20th field after it.
		return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
	} catch {
		return undefined;
	}
};

const readBootId = (): string => {
	try {
		return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
	} catch {
		return hostname();
	}
};

const readUser = (): string => {
	try {
		return userInfo().username;
	} catch {
		return 'operator';
	}
};

/** This process as a writer of journals. */
export const thisProcess = (): Writer => ({pid: process.pid, startTicks: readStartTicks(process.pid) ?? '', boot: readBootId(), host: hostname(), user: readUser()});

/** Whether the process that wrote this identity still runs. One of another host is taken for alive: it can't be asked. */
export const isProcessAlive = (writer: Writer): boolean => {
	if (writer.host !== hostname()) {
		return true;
	}

	if (writer.boot !== readBootId()) {
		return false;
	}

	try {
		process.kill(writer.pid, 0);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ESRCH') {
			return false;
		}
	}

	const ticks = readStartTicks(writer.pid);
	return ticks === undefined || writer.startTicks === '' || ticks === writer.startTicks;
};
