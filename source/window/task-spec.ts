// Builders for the data of the window: a criterion's id is made from its task and a name of its own.
import type {Criterion} from '../domain/criterion.js';
import {criterionId, phaseId, taskId, type CriterionId} from '../domain/ids.js';
import type {PhaseSpec, TaskSpec} from '../domain/window.js';

type Texts = Readonly<Record<string, string>>;

export type TaskData = Omit<TaskSpec, 'id' | 'phase' | 'lane' | 'dependsOn' | 'criteria' | 'isSkippable' | 'needsApproval'> & {
	readonly id: string;
	readonly dependsOn: readonly string[];
	/** Criteria the deployment plan document asks for: name to text, in its order. */
	readonly seed: Texts;
	/** Criteria that we added. */
	readonly ours?: Texts;
	readonly isSkippable?: boolean;
	readonly needsApproval?: boolean;
};

const criteriaOf = (task: string, texts: Texts, isFromSeed: boolean): readonly Criterion[] =>
	Object.entries(texts).map(([name, text]) => ({id: criterionId(`${task}/${name}`), text, isFromSeed}));

/** The id of a task's criterion. */
export const criterionOf = (task: {readonly id: string}, name: string): CriterionId => criterionId(`${task.id}/${name}`);

/** Turns the data of one phase into its specification. */
export const phase = (id: string, title: string, tasks: readonly TaskData[], lane?: 'A' | 'B'): PhaseSpec => ({
	id: phaseId(id),
	title,
	...(lane && {lane}),
	tasks: tasks.map(({id: task, dependsOn, seed, ours = {}, isSkippable = false, needsApproval = false, ...rest}) => ({
		...rest,
		id: taskId(task),
		phase: phaseId(id),
		...(lane && {lane}),
		dependsOn: dependsOn.map(dependency => taskId(dependency)),
		criteria: [...criteriaOf(task, seed, true), ...criteriaOf(task, ours, false)],
		isSkippable,
		needsApproval,
	})),
});

export const seconds = 1000;
export const minutes = 60 * seconds;
export const hours = 60 * minutes;
