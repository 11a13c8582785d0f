// What stays on the primary screen fits the terminal: broken between words, never inside a path or a command.
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {exitSummary} from '../../source/report/exit-summary.js';
import {presentPlain} from '../../source/report/plain.js';
import {wholeCommands, whole, wrapLine} from '../../source/report/wrap-line.js';
import {cellWidth} from '../../source/terminal/cell-width.js';
import {ManualPace} from '../support/manual-pace.js';
import {scenarioSession} from '../support/scenario-session.js';
import {scenario, scenarioNames} from '../support/scenarios/index.js';

const widths = [60, 80, 120] as const;
const words = (text: string): readonly string[] => text.split(/\s+/).filter(word => word !== '');
const longPath = '/home/test operator/deployments of this year/eros-tui/state/runs/7f3a91c2/journal.ndjson';
const shortPath = '/state/runs/7f3a91c2/journal.ndjson';

describe('a line', () => {
	test('that fits stays as it is, and so does every line without a terminal', () => {
		expect(wrapLine('  resume   eros-tui deploy', 80)).toEqual(['  resume   eros-tui deploy']);
		expect(wrapLine(`  journal ${whole(longPath)}`)).toEqual([`  journal ${longPath}`]);
	});

	test('breaks between words, hangs two cells deeper than it began, and keeps a separating dot at the end', () => {
		expect(wrapLine('  production unchanged · staging 9 of 17 objects · restore point kept', 26)).toEqual([
			'  production unchanged ·',
			'    staging 9 of 17',
			'    objects ·',
			'    restore point kept',
		]);
		expect(wrapLine('Health Score: 93/100   cost $0.31 so far', 30)).toEqual(['Health Score: 93/100', '  cost $0.31 so far']);
		expect(wrapLine('one two three', 8, 5)).toEqual(['one two', '   three']);
	});

	test('gives a path that does not fit beside its label a line of its own, less deep where that lets it fit', () => {
		expect(wrapLine(`  journal ${whole('/a path/of 20 cells/')} end`, 22)).toEqual(['  journal', '  /a path/of 20 cells/', '    end']);
		expect(wrapLine(`  journal ${whole('/a path/of 20 cells/')} end`, 12)).toEqual(['  journal', '/a path/of 20 cells/', '    end']);
	});

	test('holds commands in prose together', () => {
		const sentence = 'Production is partly changed. Continue with: eros-tui deploy --resume 7f3a91c2, or go back with: eros-tui rollback --to prerollback_1 --yes';
		for (let width = 45; width < 140; width += 1) {
			const lines = wrapLine(`  ${wholeCommands(sentence)}`, width);
			expect(lines.some(line => line.includes('eros-tui deploy --resume 7f3a91c2,'))).toBe(true);
			expect(lines.some(line => line.includes('eros-tui rollback --to prerollback_1 --yes'))).toBe(true);
		}
	});

	test('of any text: all words in order, and nothing wider than the terminal but a single word', () => {
		const word = fc.string({unit: fc.constantFrom('a', 'ü', '予', '·', '/', '.'), minLength: 1, maxLength: 30});
		fc.assert(fc.property(fc.array(fc.tuple(word, fc.nat({max: 3})), {minLength: 1, maxLength: 20}), fc.nat({max: 8}), fc.integer({min: 1, max: 100}), (parts, indent, width) => {
			const line = ' '.repeat(indent) + parts.map(([text, gap]) => text + ' '.repeat(gap + 1)).join('');
			const wrapped = wrapLine(line, width);
			expect(words(wrapped.join(' '))).toEqual(words(line));
			for (const part of wrapped) {
				expect(part).toBe(part.trimEnd());
				if (cellWidth(part) > width) {
					// A dot belongs to the word before it, and the first line keeps its indent.
					expect(words(part).filter(text => !text.startsWith('·')).length).toBeLessThanOrEqual(1);
				}
			}
		}));
	});
});

describe.each(widths)('%d cells', width => {
	test.each(scenarioNames)('the summary of %s', name => {
		const state = scenarioSession(scenario(name)).state();
		for (const journalPath of [shortPath, longPath]) {
			for (const isGoingOn of [false, true]) {
				const unbroken = exitSummary(state, {journalPath, isGoingOn, durationMs: 61_000});
				const lines = exitSummary(state, {journalPath, isGoingOn, durationMs: 61_000, width}).split('\n');
				expect(lines.at(-1)).toBe('');
				expect(words(lines.join(' '))).toEqual(words(unbroken));
				expect(lines.filter(line => cellWidth(line) > width && line !== longPath)).toEqual([]);
				// The journal and every command to be copied stand unbroken on one line.
				expect(lines.some(line => line.endsWith(journalPath))).toBe(true);
				for (const command of unbroken.match(/(?<=^ {2}\w+(?: \w+)* {2,3})eros-tui .*$/gm) ?? []) {
					expect(lines.some(line => line.endsWith(command))).toBe(true);
				}
			}
		}
	});

	test('the closing lines of a run in a terminal', async () => {
		const out = {columns: width, text: '', write(part: string) {
			out.text += part;
		}};
		const session = scenarioSession(scenario('finished'));
		session.finish(0);
		await presentPlain(session, out, {clock: new ManualPace(), journalPath: longPath});
		const lines = out.text.split('\n');
		const closing = lines.slice(lines.findIndex(line => line.includes('done in ')));
		expect(closing.filter(line => cellWidth(line) > width && line !== longPath)).toEqual([]);
		expect(closing.some(line => line.includes(longPath))).toBe(true);
		expect(closing.some(line => line.includes('eros-tui replay 7f3a91c2'))).toBe(true);
	});
});
