// What commands share of the approval by a second person.
import {planHash, type PlanHash} from '../domain/ids.js';
import {UsageError} from '../domain/usage-error.js';
import type {Settings} from '../settings/index.js';

/**
 * A plan hash as a person writes it, `7f3a-91c2` or `7f3a91c2`.
 * @throws UsageError naming the field.
 */
export const parsePlanHash = (field: string, value: unknown): PlanHash | undefined => {
	if (value === undefined) {
		return undefined;
	}

	const hash = String(value).replaceAll('-', '').toLowerCase();
	if (!/^[\da-f]{8}$/.test(hash)) {
		throw new UsageError([{field, value: String(value), accepted: 'a plan hash of eight hex digits', fix: 'Read it with: eros-tui plan'}]);
	}

	return planHash(hash);
};

/** The policy of a run: the settings ask for a second person, or this invocation does. Nothing here makes it looser. */
export const isSecondPersonRequired = ({secondPerson}: Pick<Settings, 'secondPerson'>, options: Readonly<Record<string, unknown>>): boolean => secondPerson === 'required' || options['secondPerson'] === true;
