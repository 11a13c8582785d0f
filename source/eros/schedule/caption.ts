// A caption as the selector hands it over, and the trigger that its text pulls.
import type {Tier} from './volume.js';

export type Caption = {
	/** Signed 64-bit; kept as text because it exceeds what a number holds. */
	readonly id: string;
	readonly text: string;
	readonly tier: Tier;
	readonly category: string;
	readonly hasUrgency: boolean;
	/** In [0, 1]. */
	readonly finalScore: number;
	/** Exploration bonus x Thompson score, in [0, 1]. */
	readonly explorationValue: number;
	readonly strategy: 'explore' | 'exploit';
};

const rules: readonly (readonly [string, RegExp, boolean])[] = [
	['Urgency', /now|today|limited|expir/i, true],
	['Exclusivity', /exclusive|vip|special|members only/i, false],
	['Scarcity', /only \d+ left|last chance/i, false],
	['Social Proof', /everyone|fans love|popular/i, false],
	['Curiosity', /\?/, false],
];

/** Psychological trigger of a caption: the first rule that matches, the same as the enriched view's; General otherwise. */
export const triggerOf = ({text, hasUrgency}: Pick<Caption, 'text' | 'hasUrgency'>): string =>
	rules.find(([, pattern, needsUrgency]) => pattern.test(text) && (hasUrgency || !needsUrgency))?.[0] ?? 'General';
