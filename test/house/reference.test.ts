import {readFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import {referencePath, referenceText} from '../support/reference.js';

test('REFERENCE.md is what the code says; npm run docs writes it', () => {
	const text = referenceText();
	expect(text).toContain('| `run.resumed` |');
	expect(text).toContain('| 130 |');
	expect(readFileSync(referencePath, 'utf8')).toBe(text);
});
