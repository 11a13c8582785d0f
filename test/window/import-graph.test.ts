import {describe, expect, it} from 'vitest';
import {findImportCycle, importsOf} from '../../source/window/tasks/import-graph.js';

const file = (path: string, ...imports: readonly string[]) => ({path, text: imports.map(from => `import {x} from '${from}';`).join('\n')});

describe('imports between source files', () => {
	it('reads run-time imports and leaves types out', () => {
		expect(importsOf({path: 'eros/a.ts', text: 'import type {T} from \'./t.js\';\nimport {b} from \'./b.js\';\nexport {c} from \'../c.js\';\nimport \'node:path\';'})).toEqual(['eros/b.ts', 'c.ts']);
	});

	it('names a cycle, and finds none where there is none', () => {
		expect(findImportCycle([file('a.ts', './b.js'), file('b.ts', './c.js'), file('c.ts')])).toBeUndefined();
		expect(findImportCycle([file('a.ts', './b.js'), file('b.ts', './c.js'), file('c.ts', './b.js')])).toEqual(['b.ts', 'c.ts', 'b.ts']);
	});
});
