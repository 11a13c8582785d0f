// What reaches the terminal: harmless, cut at whole characters, in colours and marks the terminal has.
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {cellWidth, graphemes, padEndCells, padStartCells, takeCells, truncateEnd, truncateMiddle, truncateStart, wrapCells} from '../../source/terminal/cell-width.js';
import {chooseColor} from '../../source/terminal/color.js';
import {copyText, enterAlternate, leaveAlternate, setTitle} from '../../source/terminal/escape.js';
import {FrameWriter} from '../../source/terminal/frame-writer.js';
import {asciiGlyphs, chooseGlyphs, toAscii, unicodeGlyphs} from '../../source/terminal/glyphs.js';
import {sanitizedLimit, sanitizeLine, sanitizeText} from '../../source/terminal/sanitize.js';

const text = fc.array(fc.constantFrom('a', 'bc', ' ', '予約', '👩‍👩‍👧‍👦', '👍🏽', '🇺🇸', 'e\u0301', 'ｆ', '…', '-'), {maxLength: 40}).map(parts => parts.join(''));

describe('cells', () => {
	test('widths of what is not one cell', () => {
		expect(['a', '予', '👩‍👩‍👧‍👦', '👍🏽', '🇺🇸', 'e\u0301', ''].map(part => cellWidth(part))).toEqual([1, 2, 2, 2, 2, 1, 0]);
	});

	test('every way of cutting stays within the width and splits no character', () => {
		fc.assert(fc.property(text, fc.integer({min: 0, max: 90}), (given, width) => {
			const known = new Set([...graphemes(given), '…']);
			for (const cut of [takeCells, truncateEnd, truncateMiddle, truncateStart]) {
				const short = cut(given, width);
				expect(cellWidth(short)).toBeLessThanOrEqual(width);
				expect(graphemes(short).filter(grapheme => !known.has(grapheme))).toEqual([]);
				if (cellWidth(given) <= width) {
					expect(short).toBe(given);
				}
			}

			expect(cellWidth(padEndCells(given, width))).toBe(width);
			expect(cellWidth(padStartCells(given, width))).toBe(width);
		}), {numRuns: 60});
	});

	test('which end is cut', () => {
		expect(truncateEnd('create or replace', 9)).toBe('create o…');
		expect(truncateStart('of-scheduler-proj.eros_scheduling_brain', 23)).toBe('…j.eros_scheduling_brain'.slice(-23).replace(/^./, '…'));
		expect(truncateMiddle('eros_7f3a91c2_1_2A3_s4_a1', 11)).toBe('eros_…s4_a1');
	});

	test('wrapping keeps every word and never exceeds the width', () => {
		expect(wrapCells('one two three', 7)).toEqual(['one two', 'three']);
		expect(wrapCells('one two three four', 7, 2)).toEqual(['one two', 'three …']);
		fc.assert(fc.property(text, fc.integer({min: 2, max: 60}), (given, width) => {
			const lines = wrapCells(given, width);
			expect(lines.filter(line => cellWidth(line) > width)).toEqual([]);
			expect(lines.join('').replaceAll(' ', '')).toBe(given.replaceAll(' ', ''));
		}), {numRuns: 60});
	});
});

describe('sanitize', () => {
	test.each([
		['\u001B[31mred\u001B[0m', 'red'],
		['\u001B[2J\u001B[3J\u001B[Hcleared', 'cleared'],
		['\u001B]0;title\u0007after', 'after'],
		['\u001B]52;c;ZXZpbA==\u001B\\after', 'after'],
		['\u001BP+q544e\u001B\\after', 'after'],
		['\u009B31mc1', 'c1'],
		['never closed \u001B]0;x', 'never closed '],
		['a\tb', 'a  b'],
		['\u202Etxt.exe', '<U+202E>txt.exe'],
		['nul\u0000bel\u0007bs\b', 'nulbelbs'],
	])('%j', (given, expected) => {
		expect(sanitizeText(given)).toBe(expected);
	});

	test('no input leaves a control character, and one line stays one line', () => {
		fc.assert(fc.property(fc.string({unit: 'binary', maxLength: 200}), given => {
			// eslint-disable-next-line no-control-regex -- control characters are what must be gone
			expect(sanitizeLine(given)).not.toMatch(/[\u0000-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/);
		}), {numRuns: 500});
		expect(sanitizeLine('one\r\n   two\n\nthree')).toBe('one two three');
	});

	test('a whole script in a message is cut', () => {
		const long = 'x'.repeat(sanitizedLimit + 5);
		expect(sanitizeLine(long)).toBe(`${'x'.repeat(sanitizedLimit)} … 5 more characters`);
	});
});

test('colour follows NO_COLOR, FORCE_COLOR, TERM and the terminal', () => {
	expect(chooseColor({}, true)).toBe('ansi');
	expect(chooseColor({}, false)).toBe('none');
	expect(chooseColor({TERM: 'dumb'}, true)).toBe('none');
	expect(chooseColor({FORCE_COLOR: '1'}, false)).toBe('ansi');
	expect(chooseColor({FORCE_COLOR: '0'}, true)).toBe('none');
	expect(chooseColor({NO_COLOR: '1', FORCE_COLOR: '3'}, true)).toBe('none');
	expect(chooseColor({NO_COLOR: ''}, true)).toBe('ansi');
});

test('marks are one cell each, and ASCII where the locale is not UTF-8', () => {
	const marks = Object.values(unicodeGlyphs).flat().flatMap(mark => Array.from(mark));
	expect(marks.filter(mark => cellWidth(mark) !== 1)).toEqual([]);
	expect(toAscii(marks.join(''))).toMatch(/^[ -~]+$/);
	expect(chooseGlyphs({LANG: 'C'})).toBe(asciiGlyphs);
	expect(chooseGlyphs({LANG: 'de_DE.UTF-8'})).toBe(unicodeGlyphs);
});

describe('escape sequences', () => {
	test('the terminal is taken and given back without erasing anything', () => {
		// eslint-disable-next-line no-control-regex -- escape sequences are what this is about
		expect(enterAlternate + leaveAlternate).not.toMatch(/\u001B\[[23]J/);
		expect(leaveAlternate).toContain('\u001B[?25h');
		expect(leaveAlternate.endsWith('\u001B[?1049l')).toBe(true);
	});

	test('a title cannot carry sequences of its own', () => {
		expect(setTitle('a\u0007\u001B]52;c;eA==\u0007b')).toBe('\u001B]0;ab\u0007');
	});

	test('the clipboard takes what terminals take, wrapped for tmux', () => {
		expect(copyText('job')).toBe('\u001B]52;c;am9i\u0007');
		expect(copyText('job', true)).toBe('\u001BPtmux;\u001B\u001B]52;c;am9i\u0007\u001B\\');
		expect(copyText('x'.repeat(80_000))).toBeUndefined();
	});
});

describe('FrameWriter', () => {
	const writer = () => {
		const written: string[] = [];
		const frames = new FrameWriter({write: (part: string) => written.push(part)}, {columns: 20, rows: 5});
		return {frames, take: () => written.splice(0).join('')};
	};

	test('writes only the rows that changed, and nothing when none did', () => {
		const {frames, take} = writer();
		frames.write('one\ntwo\nthree');
		expect(take()).toContain('two');
		frames.write('one\ntwo\nthree');
		expect(take()).toBe('');
		frames.write('one\nTWO\nthree');
		expect(take()).toBe('\u001B[2;1HTWO\u001B[K');
		frames.write('one');
		expect(take()).toBe('\u001B[2;1H\u001B[J');
	});

	test('never writes the last row of the terminal, so it never scrolls', () => {
		const {frames, take} = writer();
		frames.write('1\n2\n3\n4\n5\n6');
		const output = take();
		expect(output).toContain('\u001B[4;1H4');
		expect(output).not.toContain('\u001B[5;1H5');
		expect(output).not.toContain('\n');
	});

	test('paints whole after a resize and nothing after it is closed', () => {
		const {frames, take} = writer();
		frames.write('one\ntwo');
		take();
		frames.resize({columns: 30, rows: 8});
		frames.write('one\ntwo');
		expect(take()).toMatch(/one[\s\S]*two/);
		frames.close();
		frames.write('three');
		frames.repaint();
		expect(take()).toBe('');
	});
});
