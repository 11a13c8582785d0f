// Shorthand over a task's criteria by their own names: `check('udfs-created', ok, evidence)`.
import type {CriterionId} from '../domain/ids.js';
import {StepFailure, type StepContext} from '../engine/task.js';
import {criterionOf} from './task-spec.js';

export type Checks = {
	readonly check: (name: string, ok: boolean, evidence: string) => boolean;
	/** As `check`, and ends the task when it fails: nothing after it would mean anything. */
	readonly require: (name: string, ok: boolean, evidence: string) => void;
	readonly notApplicable: (name: string, reason: string) => void;
	readonly noData: (name: string, reason: string) => void;
	readonly attest: (name: string, text: string, prefilled: string) => Promise<void>;
};

const idOf = (context: StepContext, name: string): CriterionId => {
	const id = criterionOf(context.task, name);
	if (context.task.criteria.every(criterion => criterion.id !== id)) {
		throw new Error(`Task ${context.task.id} has no criterion ${name}.`);
	}

	return id;
};

/** Binds the shorthand to a task's context. A name the task does not list is a bug and throws. */
export const checksOf = (context: StepContext): Checks => ({
	check: (name, ok, evidence) => context.check(idOf(context, name), ok, evidence),
	require(name, ok, evidence) {
		if (!context.check(idOf(context, name), ok, evidence)) {
			const text = context.task.criteria.find(({id}) => id === idOf(context, name))!.text;
			throw new StepFailure({message: `${text}: ${evidence}`, reason: 'criterion', class: 'permanent'});
		}
	},
	notApplicable: (name, reason) => context.notApplicable(idOf(context, name), reason),
	noData: (name, reason) => context.decide(idOf(context, name), {kind: 'no-data', reason}),
	attest: async (name, text, prefilled) => context.attest(idOf(context, name), text, prefilled),
});

/** Names in the singular or plural of a list, shortened: `a, b, c and 4 more`. */
export const listNames = (names: readonly string[], shown = 3): string =>
	names.length <= shown ? names.join(', ') : `${names.slice(0, shown).join(', ')} and ${names.length - shown} more`;
