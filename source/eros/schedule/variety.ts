// Variety of a week. Preferences, not laws: what can't be kept is counted and told.
import type {PlacedMessage} from './assign.js';

export const varietyRules = ['type', 'tier', 'trigger', 'category', 'daily-category'] as const;
export type VarietyRule = (typeof varietyRules)[number];

const sentences: Readonly<Record<VarietyRule, string>> = {
	type: 'three messages of one type in a row',
	tier: 'three paid messages of one tier in a row',
	trigger: 'a trigger repeated within three messages',
	category: 'a category repeated back to back',
	'daily-category': 'more than three messages of a category on one day',
};

/** How a rule's breach reads in a warning. */
export const varietySentence = (rule: VarietyRule): string => sentences[rule];

/**
 * What a caption is called that no rule finds a trigger in. It is the lack of a trigger and has no weekly budget as the others
 * have; nearly half of the bank is called so, and a week of twenty messages could not keep them three apart.
 */
const neutralTrigger = 'General';

/** Counts the breaches of each rule over messages in time order. */
export const countBreaches = (messages: readonly PlacedMessage[]): Readonly<Record<VarietyRule, number>> => {
	const breaches: Record<VarietyRule, number> = {type: 0, tier: 0, trigger: 0, category: 0, 'daily-category': 0};
	const perDay = new Map<string, number>();
	let [tierBefore, tierBeforeThat] = ['', ''];
	for (const [index, message] of messages.entries()) {
		const [one, two] = [messages[index - 1], messages[index - 2]];
		if (one?.type === message.type && two?.type === message.type) {
			breaches.type += 1;
		}

		if (message.type === 'PPV') {
			if (message.caption.tier === tierBefore && tierBefore === tierBeforeThat) {
				breaches.tier += 1;
			}

			[tierBeforeThat, tierBefore] = [tierBefore, message.caption.tier];
		}

		if (message.trigger !== neutralTrigger && (one?.trigger === message.trigger || two?.trigger === message.trigger)) {
			breaches.trigger += 1;
		}

		if (one?.caption.category === message.caption.category) {
			breaches.category += 1;
		}

		const key = `${message.slot.day} ${message.caption.category}`;
		const sameDay = (perDay.get(key) ?? 0) + 1;
		perDay.set(key, sameDay);
		if (sameDay > 3) {
			breaches['daily-category'] += 1;
		}
	}

	return breaches;
};

/** Sum of all breaches. */
export const totalBreaches = (messages: readonly PlacedMessage[]): number => Object.values(countBreaches(messages)).reduce((sum, count) => sum + count, 0);
