// Text to tokens. Comments and white space leave nothing; a keyword right after a dot is a plain name, as in GoogleSQL.
import {errorAt} from '../diagnostics.js';
import {toByteCharacters, unescape} from './escapes.js';
import type {Token} from './token.js';

const wordPattern = /[A-Za-z_]\w*/y;
const dottedWordPattern = /\w+/y;
const numberPattern = /0[xX][\dA-Fa-f]+|(?:\d+\.\d*|\.\d+|\d+)(?:[eE][+-]?\d+)?/y;
const stringStartPattern = /(?:[rR][bB]?|[bB][rR]?)?(?:"""|'''|"|')/y;
const spacePattern = /[\s\u00A0\u3000\uFEFF]+/y;
const symbols = ['<<', '>>', '<=', '>=', '<>', '!=', '||', '=>', '->', '+=', '-='];

/**
 * Tokens of a text, the last of kind 'end' at its end.
 * Throws GoogleSqlError for an unclosed literal or comment, an illegal escape or character.
 */
export function tokenize(text: string): readonly Token[] {
	const tokens: Token[] = [];
	let offset = 0;
	for (;;) {
		offset = skipBlank(text, offset);
		if (offset >= text.length) break;
		const token = readToken(text, offset, tokens.at(-1));
		tokens.push(token);
		offset = token.end;
	}

	tokens.push({kind: 'end', value: '', upper: '', bytes: undefined, start: text.length, end: text.length});
	return tokens;
}

/** Comments of a text in order, with their delimiters. Comments inside literals are not comments. */
export function commentsOf(text: string): readonly {readonly text: string; readonly start: number; readonly end: number}[] {
	const found: {text: string; start: number; end: number}[] = [];
	let previous: Token | undefined;
	let offset = 0;
	for (;;) {
		offset = skipBlank(text, offset, (start, end) => found.push({text: text.slice(start, end), start, end}));
		if (offset >= text.length) return found;
		previous = readToken(text, offset, previous);
		offset = previous.end;
	}
}

function match(pattern: RegExp, text: string, offset: number): string | undefined {
	pattern.lastIndex = offset;
	return pattern.exec(text)?.[0];
}

function skipBlank(text: string, from: number, onComment?: (start: number, end: number) => void): number {
	let offset = from;
	for (;;) {
		const start = offset;
		offset += match(spacePattern, text, offset)?.length ?? 0;
		const comment = offset;
		if (text[offset] === '#' || text.startsWith('--', offset)) {
			while (offset < text.length && text[offset] !== '\n' && text[offset] !== '\r') offset++;
		} else if (text.startsWith('/*', offset)) {
			const close = text.indexOf('*/', offset + 2);
			if (close < 0) throw errorAt(text, offset, 'Syntax error: Unclosed comment');
			offset = close + 2;
		}

		if (offset > comment) onComment?.(comment, offset);
		if (offset === start) return offset;
	}
}

function readToken(text: string, start: number, previous: Token | undefined): Token {
	const character = text[start]!;
	const isAfterDot = previous?.upper === '.' && previous.kind === 'symbol';
	if (character === '`') return readQuoted(text, start);
	if (character === '@') return readParameter(text, start);
	const opening = match(stringStartPattern, text, start);
	if (opening !== undefined) return readString(text, start, opening);
	if (isAfterDot) {
		const word = match(dottedWordPattern, text, start);
		if (word !== undefined) return {kind: 'word', value: word, upper: word.toUpperCase(), bytes: undefined, start, end: start + word.length};
	}

	const word = match(wordPattern, text, start);
	if (word !== undefined) return {kind: 'word', value: word, upper: word.toUpperCase(), bytes: undefined, start, end: start + word.length};
	const canBeFraction = character !== '.' || !(previous !== undefined && previous.end === start && isOperand(previous));
	const number = canBeFraction ? match(numberPattern, text, start) : undefined;
	if (number !== undefined) return readNumber(text, start, number);
	return readSymbol(text, start);
}

/** Whether a dot that touches the token selects a part of it. */
function isOperand(token: Token): boolean {
	return token.kind === 'word' || token.kind === 'quoted' || token.upper === ')' || token.upper === ']';
}

function readNumber(text: string, start: number, number: string): Token {
	const end = start + number.length;
	if (/[A-Za-z_]/.test(text[end] ?? '')) throw errorAt(text, end, 'Syntax error: Missing whitespace between literal and alias');
	const isInteger = /^0x/i.test(number) || /^\d+$/.test(number);
	return {kind: isInteger ? 'integer' : 'float', value: number, upper: '', bytes: undefined, start, end};
}

function readSymbol(text: string, start: number): Token {
	const two = text.slice(start, start + 2);
	const symbol = symbols.includes(two) ? two : text[start]!;
	if (symbol.length === 1 && !'()[]{},.;:+-*/=<>|&^~?%!$'.includes(symbol)) {
		throw errorAt(text, start, `Syntax error: Illegal input character "${String.fromCodePoint(text.codePointAt(start)!)}"`);
	}

	return {kind: 'symbol', value: symbol, upper: symbol, bytes: undefined, start, end: start + symbol.length};
}

function readQuoted(text: string, start: number): Token {
	const end = closingQuote(text, start + 1, '`', false);
	if (end === undefined) throw errorAt(text, start, 'Syntax error: Unclosed identifier literal');
	if (end === start + 1) throw errorAt(text, start, 'Syntax error: Invalid empty identifier');
	return {kind: 'quoted', value: unescape(text, start + 1, end, false), upper: '', bytes: undefined, start, end: end + 1};
}

function readParameter(text: string, start: number): Token {
	const isSystem = text[start + 1] === '@';
	const nameStart = start + (isSystem ? 2 : 1);
	if (text[nameStart] === '`') {
		const quoted = readQuoted(text, nameStart);
		return {kind: isSystem ? 'system-variable' : 'parameter', value: quoted.value, upper: '', bytes: undefined, start, end: quoted.end};
	}

	const name = match(wordPattern, text, nameStart);
	if (name === undefined) throw errorAt(text, start, 'Syntax error: Unexpected "@"');
	return {kind: isSystem ? 'system-variable' : 'parameter', value: name, upper: '', bytes: undefined, start, end: nameStart + name.length};
}

function readString(text: string, start: number, opening: string): Token {
	const prefix = opening.replace(/["']+$/, '').toLowerCase();
	const quote = opening.slice(prefix.length);
	const isRaw = prefix.includes('r');
	const isBytes = prefix.includes('b');
	const contentStart = start + opening.length;
	const contentEnd = closingQuote(text, contentStart, quote, true);
	if (contentEnd === undefined) {
		throw errorAt(text, start, `Syntax error: Unclosed ${quote.length === 3 ? 'triple-quoted ' : ''}${isRaw ? 'raw ' : ''}${isBytes ? 'bytes' : 'string'} literal`);
	}

	const raw = text.slice(contentStart, contentEnd);
	const value = isRaw ? (isBytes ? toByteCharacters(raw) : raw.replaceAll(/\r\n?/g, '\n')) : unescape(text, contentStart, contentEnd, isBytes);
	const end = contentEnd + quote.length;
	if (!isBytes) return {kind: 'string', value, upper: '', bytes: undefined, start, end};
	return {kind: 'bytes', value, upper: '', bytes: Uint8Array.from(value, character => character.codePointAt(0)!), start, end};
}

/** Offset of the closing quote. A backslash keeps the next character from closing, in raw literals too. */
function closingQuote(text: string, from: number, quote: string, isString: boolean): number | undefined {
	const mayHoldNewline = quote.length === 3;
	for (let index = from; index < text.length; index++) {
		if (text[index] === '\\') {
			index++;
			continue;
		}

		if (text.startsWith(quote, index)) return index;
		if (!mayHoldNewline && (text[index] === '\n' || text[index] === '\r') && (isString || quote === '`')) return undefined;
	}

	return undefined;
}
