// The second person: where the policy asks for one, production is changed only after somebody else, with credentials of
// his own, has signed the same plan.
import type {EventData} from './events.js';
import type {RunState} from './run-state.js';

/** Who signed, and with which job of the warehouse. */
export type SecondPerson = EventData<'approval.seconded'>;

/** A change of production that would go ahead without the second person it needs. A way back needs none. */
export const lacksSecondPerson = ({isSecondPersonRequired, approval, seconded, plan}: RunState): boolean =>
	isSecondPersonRequired && approval?.kind === 'production' && (seconded === undefined || seconded.planHash !== plan?.hash);

/** Why a signature does not count; undefined when it does. */
export const refuseSecondPerson = (state: RunState, {question, planHash, principal, driver, job}: SecondPerson): string | undefined => {
	const asked = state.questions.find(({id}) => id === question);
	if (asked?.kind !== 'production') {
		return `question ${question} is not open`;
	}

	if (asked.detail.planHash !== planHash) {
		return 'another plan was signed';
	}

	if (principal === '' || principal.toLowerCase() === driver.toLowerCase()) {
		return 'the second person is the first one';
	}

	return state.usedSignatures.includes(job) ? `the signature ${job} was used before` : undefined;
};
