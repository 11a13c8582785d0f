// Ctrl-C and q: what leaving means, asked before it happens. The run has a process of its own: leaving kills no work.
import {isUntouched, type Snapshot} from '../../store/snapshot.js';
import {stopWindowMs} from '../../store/app-store.js';
import type {Binding} from './binding.js';
import {intentCommand, viewCommand, type Command} from './command.js';

/** A key that is held down repeats faster than this: all of it is one press. */
const repeatMs = 250;

const close = viewCommand({type: 'close'});

const unpause = ({view}: Snapshot): readonly Command[] => (view.isPausedByStop ? [intentCommand({type: 'unpause'})] : []);

const drain = (): readonly Command[] => [close, viewCommand({type: 'stop', stage: 'drained'}), intentCommand({type: 'drain'})];

const cancel = (): readonly Command[] => [close, viewCommand({type: 'stop', stage: 'cancelled'}), intentCommand({type: 'cancel'})];

/** The screen ends and the run goes on, also when Ctrl-C held it back a moment ago. */
const detach = (exitCode: 0 | 130) => (snapshot: Snapshot): readonly Command[] => [...unpause(snapshot), {type: 'leave', exitCode}];

/** Commands of Ctrl-C: first the menu, with nothing new started meanwhile; again within 3 s detaches. */
export const pressStop = (snapshot: Snapshot): readonly Command[] => {
	const {run, view, monotonicMs, isReadOnly} = snapshot;
	if (run.phase === 'finished' || isReadOnly) {
		return [{type: 'leave', exitCode: 0}];
	}

	if (isUntouched(run)) {
		return drain();
	}

	const isPausing = view.overlay !== 'stop' && run.phase === 'running';
	const press = viewCommand({type: 'press-stop', atMs: monotonicMs, isPausing});
	if (view.overlay !== 'stop') {
		return [press, ...(isPausing ? [intentCommand({type: 'pause', isHeld: true})] : [])];
	}

	const sinceMs = monotonicMs - view.stopAtMs;
	return sinceMs < repeatMs || sinceMs > stopWindowMs ? [press] : detach(130)(snapshot);
};

const over = (overlay: 'stop' | 'quit') => ({view}: Snapshot): boolean => view.overlay === overlay;
const readOnly = ({isReadOnly}: Snapshot): string | undefined => (isReadOnly ? 'this pane only watches' : undefined);
const isCancelled = ({view}: Snapshot): string | undefined => (view.stop === 'cancelled' ? 'the jobs are being cancelled' : undefined);
const isStopping = (snapshot: Snapshot): string | undefined => isCancelled(snapshot) ?? (snapshot.view.stop === 'drained' ? 'the run is stopping' : undefined);

/** Keys of the two dialogs that leaving asks with. */
export const stopKeys: readonly Binding[] = [
	{keys: ['w'], shown: 'w', hint: 'wait in-flight', help: 'after Ctrl-C: what runs settles, then the run ends and can be resumed', group: 'act', isDangerous: true, where: over('stop'), disabled: isStopping, run: drain},
	{keys: ['c'], shown: 'c', hint: 'cancel jobs', help: 'after Ctrl-C: cancels running jobs by their id', group: 'act', isDangerous: true, where: over('stop'), disabled: isCancelled, run: cancel},
	{keys: ['d'], shown: 'd', hint: 'detach', help: 'after Ctrl-C: leaves the screen; the run goes on', group: 'act', isDangerous: true, where: over('stop'), run: detach(0)},
	{keys: ['esc'], shown: 'Esc', hint: 'continue', help: 'after Ctrl-C: goes on as before', group: 'act', stays: true, where: over('stop'), run: snapshot => [...unpause(snapshot), close]},
	{keys: ['b'], shown: 'b', hint: 'background', help: 'when leaving: the run goes on without this screen', group: 'act', isDangerous: true, where: over('quit'), run: detach(0)},
	{keys: ['d'], shown: 'd', hint: 'drain, then quit', help: 'when leaving: stop after the running steps, then leave', group: 'act', isDangerous: true, where: over('quit'), disabled: snapshot => readOnly(snapshot) ?? isStopping(snapshot), run: drain},
	{keys: ['s'], shown: 's', hint: 'stay', help: 'when leaving: stay', group: 'act', where: over('quit'), run: () => [close]},
];
