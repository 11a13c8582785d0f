// A key binding as data: the same table drives what a key does, the footer and the help screen.
import {screenOf, type Snapshot} from '../../store/snapshot.js';
import type {ScreenName} from '../../store/view-state.js';
import type {Command} from './command.js';

export type Binding = {
	/** Names from decode-keys, or the characters themselves. */
	readonly keys: readonly string[];
	/** How the key is written: `enter`, `1-5`, `j k`. */
	readonly shown: string;
	/** One or two words for the footer; empty when it is only in help. */
	readonly hint: string;
	/** One line for the help screen. */
	readonly help: string;
	readonly group: 'everywhere' | 'move' | 'log' | 'act' | 'answer';
	/** Whether the key means this at the moment. */
	readonly where: (snapshot: Snapshot) => boolean;
	/** Why the key can't be used although it belongs here; undefined when it can. */
	readonly disabled?: (snapshot: Snapshot) => string | undefined;
	/** Never triggered by several characters at once. */
	readonly isDangerous?: boolean;
	/** Answers a question: ignored until the prompt has been in sight for a moment. */
	readonly answers?: boolean;
	/** Dropped from the footer after the others. */
	readonly isFirst?: boolean;
	/** Never dropped from the footer. */
	readonly stays?: boolean;
	readonly run: (snapshot: Snapshot, key: string) => readonly Command[];
};

/** True on the screens named, while nothing lies over them. */
export const on = (...screens: readonly ScreenName[]) => (snapshot: Snapshot): boolean =>
	snapshot.view.overlay === undefined && screens.includes(screenOf(snapshot));

export const anywhere = (snapshot: Snapshot): boolean => snapshot.view.overlay === undefined;

export const inOverlay = (snapshot: Snapshot): boolean => snapshot.view.overlay !== undefined;
