// The live catalog against what the journal says was left there: what a resumed run asks before it believes itself.
import {createHash} from 'node:crypto';
import type {ResumeReport} from '../domain/resume-report.js';
import type {RunState} from '../domain/run-state.js';
import type {StepContext} from '../engine/task.js';
import type {PlannedObject} from '../objects/plan.js';
import {currentPlan} from './deploy-set.js';

type FrozenObject = NonNullable<RunState['plan']>['objects'][number];

/** The action of an object as a plan is frozen: schedules are named as what they are. */
export const frozenAction = ({object, action}: Pick<PlannedObject, 'object' | 'action'>): FrozenObject['action'] => (object.kind === 'scheduled-query' && action !== 'unchanged' ? 'schedule' : action);

/** Twelve hex digits that change when the live definition does, or the file. */
export const differenceHash = ({diff}: Pick<PlannedObject, 'diff'>): string => createHash('sha256').update(diff).digest('hex').slice(0, 12);

type Comparison = Extract<ResumeReport['catalog'], {readonly asLeft: number}>;

/** Compares objects as they are now with a frozen plan and what has become of production since. Pure. */
export const compareWithPlan = (now: readonly PlannedObject[], frozen: readonly FrozenObject[], production: RunState['production']['kind']): Comparison => {
	const before = new Map(frozen.map(object => [object.name, object]));
	const drifted: string[] = [];
	let asLeft = 0;
	let notDeployed = 0;
	for (const planned of now) {
		const known = before.get(planned.object.name);
		const action = frozenAction(planned);
		if (action === 'unchanged') {
			// Equal to the file: left so, or deployed by this run. Where production is unchanged somebody else deployed it.
			if (known?.action === 'unchanged' || production !== 'unchanged') {
				asLeft += 1;
			} else {
				drifted.push(planned.object.name);
			}
		} else if (production !== 'deployed' && known?.action === action && (known.difference === undefined || known.difference === differenceHash(planned))) {
			notDeployed += 1;
		} else {
			drifted.push(planned.object.name);
		}
	}

	return {asLeft, total: now.length, notDeployed, drifted};
};

/**
 * Reads the live catalog and compares it with the journal.
 * @returns undefined where the journal says nothing to compare with: no plan yet, or production was rolled back.
 * @throws WarehouseError when the catalog can't be read.
 */
export const compareCatalog = async (context: StepContext): Promise<Comparison | undefined> => {
	const {plan, production} = context.state();
	if (plan === undefined || production.kind === 'rolled-back' || production.kind === 'components-rolled-back' || production.kind === 'rolling-back') {
		return undefined;
	}

	return compareWithPlan((await currentPlan(context)).objects, plan.objects, production.kind);
};
