// Where execution stands: the script itself, or a procedure that was called.
import {positionAt} from '../../googlesql/diagnostics.js';
import type {Span} from '../../googlesql/syntax/name.js';
import {SqlError, type Parameter, type SqlFailure} from '../contract.js';
import type {RuntimeScope, TypedCell} from './runtime.js';
import {ScriptError, placeOf, type StackFrame} from './script-error.js';
import type {VariableScope} from './variables.js';

export class Frame {
	readonly text: string;
	readonly procedure: string | undefined;
	readonly parameters: readonly Parameter[];
	/** The place of the CALL in the frame below; empty in the script itself. */
	readonly callers: readonly StackFrame[];
	readonly callStack: readonly string[];

	constructor(options: {readonly text: string; readonly procedure?: string; readonly parameters: readonly Parameter[]; readonly callers?: readonly StackFrame[]; readonly callStack?: readonly string[]}) {
		this.text = options.text;
		this.procedure = options.procedure;
		this.parameters = options.parameters;
		this.callers = options.callers ?? [];
		this.callStack = options.callStack ?? [];
	}

	/** What a node of this frame can see. */
	scope(variables: VariableScope, systemVariables: ReadonlyMap<string, TypedCell>): RuntimeScope {
		return {text: this.text, procedure: this.procedure, variables: variables.visible(), systemVariables, parameters: this.parameters};
	}

	slice(span: Span): string {
		return this.text.slice(span.start, span.end);
	}

	placeAt(offset: number): StackFrame {
		return {...positionAt(this.text, offset), procedure: this.procedure};
	}

	/** The error of a statement of this frame, with the way that led to it. An error that came up from a call is passed on. */
	wrap(error: unknown, span: Span): unknown {
		if (!(error instanceof SqlError) || error.failure.reason === 'stopped') {
			return error;
		}

		const {failure} = error;
		const named = placeOf(failure);
		const place: StackFrame = named === undefined ? this.placeAt(span.start) : {...named, procedure: this.procedure};
		return new ScriptError(failure.reason, failure.message, this.slice(span), [place, ...this.callers]);
	}

	/** An error that the interpreter itself finds. */
	refuse(span: Span, message: string, reason: SqlFailure['reason'] = 'invalidQuery'): ScriptError {
		return new ScriptError(reason, message, this.slice(span), [this.placeAt(span.start), ...this.callers]);
	}
}
