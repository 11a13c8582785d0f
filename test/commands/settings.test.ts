import {describe, expect, it} from 'vitest';
import {isSecondPersonRequired, parsePlanHash} from '../../source/commands/second-person.js';
import {resolveSettings} from '../../source/settings/index.js';

const resolve = (env: Readonly<Record<string, string>> = {}, stored: Readonly<Record<string, unknown>> = {}) => resolveSettings({flags: {}, env, stored});

describe('the policy of the second person', () => {
	it('is off, and set by the settings file, the environment or the flag, which only makes it stricter', () => {
		expect(isSecondPersonRequired(resolve(), {})).toBe(false);
		expect(isSecondPersonRequired(resolve(), {secondPerson: true})).toBe(true);
		expect(isSecondPersonRequired(resolve({}, {secondPerson: 'required'}), {secondPerson: false})).toBe(true);
		expect(isSecondPersonRequired(resolve({EROS_SECOND_PERSON: 'required'}), {})).toBe(true);
	});

	it.each([
		[{EROS_SECOND_PERSON: 'yes'}, {}, 'EROS_SECOND_PERSON: "yes" is not accepted; expected required or not-required.\n  export EROS_SECOND_PERSON=required'],
		[{}, {secondPerson: true}, 'secondPerson: "true" is not accepted; expected required or not-required.\n  Write "secondPerson":"required" in the settings file'],
	])('names field, value, accepted form and fix: %o %o', (env, stored, message) => {
		expect(() => resolve(env as Readonly<Record<string, string>>, stored)).toThrow(message);
	});

	it('takes a plan hash with its dash or without, and no other word', () => {
		expect(parsePlanHash('--approve', '7F3A-91c2')).toBe('7f3a91c2');
		expect(parsePlanHash('--approve', undefined)).toBeUndefined();
		expect(() => parsePlanHash('<plan-hash>', 'yes')).toThrow('<plan-hash>: "yes" is not accepted; expected a plan hash of eight hex digits.\n  Read it with: eros-tui plan');
	});
});
