// An error on its way through a script: what @@error shows to a handler, and what the job says when nobody handles it.
import {SqlError, type SqlFailure} from '../contract.js';
import type {TypedCell} from './runtime.js';

export type StackFrame = {readonly line: number; readonly column: number; /** Undefined in the script itself. */ readonly procedure: string | undefined};

const placeAtEnd = / at \[(?:[^\]]*:)?(\d+):(\d+)\]$/;

const scalar = (name: 'STRING' | 'INT64', value: string | null): TypedCell => ({type: {kind: 'scalar', name}, value});

const stackType: TypedCell['type'] = {
	kind: 'array',
	element: {
		kind: 'struct',
		fields: [
			{name: 'line', type: {kind: 'scalar', name: 'INT64'}},
			{name: 'column', type: {kind: 'scalar', name: 'INT64'}},
			{name: 'filename', type: {kind: 'scalar', name: 'STRING'}},
			{name: 'location', type: {kind: 'scalar', name: 'STRING'}},
		],
	},
};

const formatPlace = ({line, column, procedure}: StackFrame): string => `[${procedure === undefined ? '' : `${procedure}:`}${line}:${column}]`;

export class ScriptError extends Error {
	readonly reason: SqlFailure['reason'];
	/** Without `Query error:` and place, as @@error.message has it. */
	readonly bareMessage: string;
	readonly statementText: string;
	/** Innermost first. */
	readonly stack_: readonly StackFrame[];

	constructor(reason: SqlFailure['reason'], bareMessage: string, statementText: string, stack: readonly StackFrame[]) {
		super(bareMessage);
		this.name = 'ScriptError';
		this.reason = reason;
		this.bareMessage = bareMessage;
		this.statementText = statementText;
		this.stack_ = stack;
	}

	/** The failure of the job. A single statement keeps the message as it is; a script names the place. */
	toFailure(isScript: boolean): SqlFailure {
		const outermost = this.stack_.at(-1);
		const innermost = this.stack_[0];
		const place = outermost === undefined ? {} : {line: outermost.line, column: outermost.column};
		if (!isScript || innermost === undefined) {
			return {reason: this.reason, message: this.bareMessage, ...place};
		}

		const message = this.bareMessage.replace(placeAtEnd, '');
		return {reason: this.reason, message: `Query error: ${message} at ${formatPlace(innermost)}`, ...place};
	}

	/** Values of `@@error.*` in a handler. */
	systemVariables(): ReadonlyMap<string, TypedCell> {
		return new Map([
			['error.message', scalar('STRING', this.bareMessage)],
			['error.statement_text', scalar('STRING', this.statementText)],
			['error.formatted_stack_trace', scalar('STRING', this.stack_.map(frame => `At ${formatPlace(frame)}`).join('\n'))],
			['error.stack_trace', {type: stackType, value: this.stack_.map(frame => [String(frame.line), String(frame.column), null, frame.procedure ?? null])}],
		]);
	}
}

/** Place that the message of an error names, when it names one. */
export const placeOf = (failure: SqlFailure): {readonly line: number; readonly column: number} | undefined => {
	if (failure.line !== undefined && failure.column !== undefined) {
		return {line: failure.line, column: failure.column};
	}

	const match = placeAtEnd.exec(failure.message);
	return match === null ? undefined : {line: Number(match[1]), column: Number(match[2])};
};

/** A stop is not an error of the script: no handler sees it. */
export const isStop = (error: unknown): boolean => error instanceof SqlError && error.failure.reason === 'stopped';
