import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {expect, it} from 'vitest';
import {runId} from '../../source/domain/ids.js';
import {createEventStream} from '../../source/engine/event-stream.js';
import {createSystemClock} from '../../source/host/system-clock.js';
import {isProcessAlive, thisProcess} from '../../source/host/process-identity.js';
import {openJournal, readJournal} from '../../source/journal/index.js';

it('takes nothing after the run was suspended: an effect that is announced then never happens', async () => {
	const folder = mkdtempSync(path.join(tmpdir(), 'eros-stream-'));
	const file = path.join(folder, 'journal.ndjson');
	const journal = await openJournal({path: file, run: runId('0a1b2c3d'), clock: createSystemClock(), writer: thisProcess(), isAlive: isProcessAlive, actor: 'nobody'});
	const broken: unknown[] = [];
	const stream = createEventStream({journal, past: [], onBroken: error => broken.push(error)});
	let isEffected = false;
	const line = {type: 'log.written', data: {level: 'info', text: 'before'}} as const;
	await stream.emit(line);
	const suspended = stream.emit({type: 'run.suspended', data: {reason: 'the process was told to go'}});
	void stream.emit(line).then(() => {
		isEffected = true;
	});
	stream.tell(line);
	await suspended;
	await stream.settled();
	await journal.close();
	const {events} = await readJournal(file);
	rmSync(folder, {recursive: true});
	expect(events.map(({type}) => type)).toEqual(['log.written', 'run.suspended']);
	expect({isEffected, broken}).toEqual({isEffected: false, broken: []});
});
