// Which process this is, in a way that survives the reuse of process ids.
import {readFileSync} from 'node:fs';
import {hostname, userInfo} from 'node:os';
import process from 'node:process';
import type {Writer} from '../ports/journal.js';

/** State letter and start time (clock ticks since boot) of a process; undefined where /proc does not exist. */
const readStat = (pid: number): {readonly state: string; readonly startTicks: string} | undefined => {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
		// The command name is in parentheses and may hold spaces; state and start time are the first and 20th field after it.
		const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
		return {state: fields[0] ?? '', startTicks: fields[19] ?? ''};
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
export const thisProcess = (): Writer => ({pid: process.pid, startTicks: readStat(process.pid)?.startTicks ?? '', boot: readBootId(), host: hostname(), user: readUser()});

/** Who sits at this machine, as views are called: `user@host`. */
export const thisActor = (): string => `${readUser()}@${hostname()}`;

/** Number and start time of a process of this machine. */
export const writerOf = (pid: number): Pick<Writer, 'pid' | 'startTicks'> => ({pid, startTicks: readStat(pid)?.startTicks ?? ''});

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

	const stat = readStat(writer.pid);
	// A dead process that its parent has not collected yet still has a number; it writes nothing any more.
	return stat === undefined || (stat.state !== 'Z' && (writer.startTicks === '' || stat.startTicks === writer.startTicks));
};
