// Composition root: reads argv, loads the chosen command and turns every ending into an exit code and a sentence.
import {Command, CommanderError} from 'commander';
import type {CommandIo} from './commands/command.js';
import {describeError} from './commands/describe-error.js';
import {exitCode} from './commands/exit-codes.js';
import {commandSpecs, type CommandSpec, type OptionSpec} from './commands/index.js';
import {describeMisread} from './commands/misread-arguments.js';
import {packageVersion} from './package-info.js';

type MainOptions = {readonly argv: readonly string[]; readonly io: CommandIo};

const addOptions = (command: Command, options: readonly OptionSpec[]): void => {
	for (const {flags, description} of options) {
		command.option(flags, description);
	}
};

const exitCodesHelp = `
Exit codes: 0 done, 1 failed, 2 usage, 3 changes pending, 4 credentials, 5 approval needed,
6 health gate failed and rolled back, 7 needs a person, 8 locked, 70 our bug, 129 130 143 signals.
`;

const buildCommand = (spec: CommandSpec, io: CommandIo, chosen: (code: Promise<number>) => void): Command => {
	const command = new Command(spec.name).summary(spec.summary).description(spec.summary);
	addOptions(command, spec.options);
	command.addHelpText('after', `\nExamples:\n${spec.examples.map(example => `  ${example}`).join('\n')}\n`);
	const invoke = async (arguments_: readonly string[], options: Readonly<Record<string, unknown>>): Promise<number> => {
		const {run} = await spec.load();
		return run({options, arguments: arguments_, io});
	};

	if (spec.subcommands) {
		for (const sub of spec.subcommands) {
			const subcommand = new Command(sub.name).summary(sub.summary).description(sub.summary);
			addOptions(subcommand, sub.options);
			subcommand.action((options: Readonly<Record<string, unknown>>) => {
				chosen(invoke([sub.name], options));
			});
			command.addCommand(subcommand);
		}

		return command;
	}

	for (const argument of spec.arguments ?? []) {
		command.argument(argument.form, argument.description);
	}

	command.action((...given: readonly unknown[]) => {
		const positional = given.slice(0, -2).flat().filter(value => value !== undefined).map(String);
		chosen(invoke(positional, given.at(-2) as Readonly<Record<string, unknown>>));
	});
	return command;
};

/**
 * Runs one invocation.
 * @returns the exit code; never throws.
 */
export const main = async ({argv, io}: MainOptions): Promise<number> => {
	let outcome: Promise<number> | undefined;
	const program = new Command('eros-tui')
		.description('Take EROS on BigQuery through its deployment window. Rehearse all of it offline first.')
		.version(packageVersion())
		.addHelpText('after', exitCodesHelp)
		// Slips are told by misread-arguments.ts, in the words of all others.
		.configureOutput({writeOut: text => io.stdout.write(text), writeErr: text => io.stderr.write(text), outputError() {}});
	const tellMisread = (command: Command, example: string): Command =>
		command.exitOverride(error => {
			throw describeMisread(command, error, example) ?? error;
		});
	tellMisread(program, 'eros-tui rehearse');
	for (const spec of commandSpecs) {
		const command = buildCommand(spec, io, code => {
			outcome = code;
		});
		program.addCommand(tellMisread(command.copyInheritedSettings(program), spec.examples[0] ?? `eros-tui ${spec.name} --help`), {hidden: spec.isHidden === true});
		for (const sub of command.commands) {
			tellMisread(sub.copyInheritedSettings(program), `eros-tui ${spec.name} ${sub.name()}`);
		}
	}

	try {
		if (argv.length === 0) {
			const {run} = await import('./commands/home.js');
			return await run({options: {}, arguments: [], io});
		}

		program.parse([...argv], {from: 'user'});
		return await (outcome ?? Promise.resolve(exitCode.usage));
	} catch (error) {
		if (error instanceof CommanderError) {
			return error.exitCode === 0 ? exitCode.done : exitCode.usage;
		}

		const told = describeError(error);
		io.stderr.write(`${told.text}\n`);
		return told.exitCode;
	}
};
