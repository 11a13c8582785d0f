import {expect, test} from 'vitest';
import {commentsOf, positionAt, tokenize} from '../../source/googlesql/index.js';

const values = (text: string) => tokenize(text).slice(0, -1).map(({kind, value}) => `${kind}:${value}`);

test.each([
	["'a\\n'", ['string:a\n']],
	["r'a\\n'", ['string:a\\n']],
	['"""a\n"b" """', ['string:a\n"b" ']],
	["b'\\x41é'", ['bytes:A\u00C3\u00A9']],
	["Rb'\\x41'", ['bytes:\\x41']],
	["'it\\'s'", ["string:it's"]],
	['0xFF 1e3 .5 12', ['integer:0xFF', 'float:1e3', 'float:.5', 'integer:12']],
	['a.1b', ['word:a', 'symbol:.', 'word:1b']],
	['t.select', ['word:t', 'symbol:.', 'word:select']],
	['`p-x.d.t`', ['quoted:p-x.d.t']],
	['@p @@error.message', ['parameter:p', 'system-variable:error', 'symbol:.', 'word:message']],
	['a--c\nb#d\n/* e */c', ['word:a', 'word:b', 'word:c']],
	['a<=b<>c>>d', ['word:a', 'symbol:<=', 'word:b', 'symbol:<>', 'word:c', 'symbol:>>', 'word:d']],
])('%s', (text, tokens) => {
	expect(values(text)).toEqual(tokens);
});

test.each([
	["SELECT 'abc", 'Syntax error: Unclosed string literal at [1:8]'],
	["SELECT '''abc", 'Syntax error: Unclosed triple-quoted string literal at [1:8]'],
	['SELECT `a', 'Syntax error: Unclosed identifier literal at [1:8]'],
	['SELECT 1 /* x', 'Syntax error: Unclosed comment at [1:10]'],
	["SELECT '\\d'", 'Syntax error: Illegal escape sequence: \\d at [1:9]'],
	['SELECT 1a', 'Syntax error: Missing whitespace between literal and alias at [1:9]'],
])('refuses %s', (text, message) => {
	expect(() => tokenize(text)).toThrow(message);
});

test('comments are those outside of literals', () => {
	expect(commentsOf("SELECT '-- no' -- yes\n# two").map(({text}) => text)).toEqual(['-- yes', '# two']);
});

test('a tab moves to the next multiple of eight, a carriage return with line feed is one line', () => {
	expect(positionAt('\tx', 1)).toEqual({line: 1, column: 9});
	expect(positionAt('a\r\nb', 3)).toEqual({line: 2, column: 1});
	expect(positionAt('😀x', 2)).toEqual({line: 1, column: 2});
});
