// The two sides of a command that runs a window: the view that a person started, and the background process that
// carries the run out. Both are given the same arguments; this says which side one is on.
import type {RunId} from '../domain/ids.js';
import type {SupervisorServer} from '../supervisor/serve.js';
import type {Invocation} from './command.js';
import {choosePresenter} from './present-run.js';

/** What the background process knows that the command line does not say. */
export type Supervised = {
	readonly run: RunId;
	/** No person is asked: the view prints lines. */
	readonly isUnattended: boolean;
	readonly server: SupervisorServer;
};

/** Whether a person sits in front of this run and can be asked. */
export const isAttended = (invocation: Invocation): boolean => (invocation.supervised === undefined ? choosePresenter(invocation) === 'screen' : !invocation.supervised.isUnattended);
