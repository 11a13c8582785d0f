// What commander can't read, in the words of every other slip: the field, the value, the accepted form, the next step.
import type {Command, CommanderError} from 'commander';
import {UsageError, type UsageProblem} from '../domain/usage-error.js';

const pathOf = (command: Command): string => (command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name());

const flagsOf = (command: Command): readonly string[] => command.createHelp().visibleOptions(command).map(option => option.long ?? option.flags);

/** The first thing in quotes, and what commander thinks was meant. */
const quotedIn = (message: string): string => /'([^']*)'/.exec(message)?.[1] ?? '';
const meantIn = (message: string): string | undefined => /\(Did you mean (?:one of )?(.+?)\?\)/.exec(message)?.[1];

const helpOf = (command: Command, message: string): string => {
	const meant = meantIn(message);
	return `${meant === undefined ? '' : `Did you mean ${meant}?  `}${pathOf(command)} --help`;
};

const argumentsOf = (command: Command): string => (command.registeredArguments.length === 0 ? 'options only' : `${command.registeredArguments.map(argument => `<${argument.name()}>: ${argument.description}`).join(', ')}, and options`);

const problemsOf = (command: Command, {code, message}: CommanderError, example: string): readonly UsageProblem[] => {
	switch (code) {
		case 'commander.unknownOption': {
			return [{field: pathOf(command), value: quotedIn(message), accepted: flagsOf(command).join(', '), fix: helpOf(command, message)}];
		}

		case 'commander.unknownCommand': {
			return [{field: pathOf(command), value: quotedIn(message), accepted: command.createHelp().visibleCommands(command).map(sub => sub.name()).join(', '), fix: helpOf(command, message)}];
		}

		case 'commander.excessArguments': {
			return command.args.slice(command.registeredArguments.length).map(value => ({field: pathOf(command), value, accepted: argumentsOf(command), fix: example}));
		}

		case 'commander.optionMissingArgument': {
			const flags = quotedIn(message);
			const option = command.options.find(candidate => candidate.flags === flags);
			return [{field: option?.long ?? flags, value: undefined, accepted: option?.description ?? 'a value', fix: example}];
		}

		case 'commander.missingArgument': {
			const name = quotedIn(message);
			return [{field: `<${name}>`, value: undefined, accepted: command.registeredArguments.find(argument => argument.name() === name)?.description ?? 'a value', fix: example}];
		}

		default: {
			return [];
		}
	}
};

/**
 * Tells a slip that commander found like every other.
 * @param command the command that was given it.
 * @param example a line that the command accepts.
 * @returns undefined where commander has already told what there was to tell: help, the version.
 */
export const describeMisread = (command: Command, error: CommanderError, example: string): UsageError | undefined => {
	const problems = problemsOf(command, error, example);
	return problems.length > 0 ? new UsageError(problems) : undefined;
};
