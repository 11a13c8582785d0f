// The flags a command was given, as they are typed again in a command that is proposed.
import {shellWord} from '../domain/wording/shell.js';
import type {OptionSpec} from './index.js';

/** `--start-date` of `--start-date <date>`. */
const longName = (flags: string): string => /--[\w-]+/.exec(flags)?.[0] ?? '';

/** Commander's name of an option's value: `startDate`; that of `--no-export` is `export`. */
const keyOf = (name: string): string => name.replace(/^--(?:no-)?/, '').replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

/**
 * The given flags with their values, each with a space before it; empty when none was given.
 * @param options what commander made of the command line.
 * @param specs the flags that may be repeated, in the order they are told.
 */
export const repeatFlags = (options: Readonly<Record<string, unknown>>, specs: readonly OptionSpec[]): string =>
	specs.map(({flags}) => {
		const name = longName(flags);
		const value = options[keyOf(name)];
		if (typeof value === 'string') {
			return ` ${name} ${shellWord(value)}`;
		}

		return value === !name.startsWith('--no-') ? ` ${name}` : '';
	}).join('');
