// Escape sequences of string, bytes and backquoted literals.
import {errorAt} from '../diagnostics.js';

const simple: Readonly<Record<string, string>> = {a: '\u0007', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\', '?': '?', '"': '"', "'": "'", '`': '`'};

/**
 * Text between the quotes with its escapes resolved.
 * In bytes, `\xhh` and octal escapes give one byte and the rest is UTF-8; the result then holds one character a byte.
 * Throws GoogleSqlError for an illegal sequence.
 */
export function unescape(text: string, start: number, end: number, isBytes: boolean): string {
	const raw = text.slice(start, end);
	if (!isBytes && !raw.includes('\\')) return raw.includes('\r') ? raw.replaceAll(/\r\n?/g, '\n') : raw;
	let result = '';
	let index = start;
	while (index < end) {
		const character = text[index]!;
		if (character !== '\\') {
			const point = String.fromCodePoint(text.codePointAt(index)!);
			result += isBytes ? toByteCharacters(point) : point;
			index += point.length;
			continue;
		}

		const escape = readEscape(text, index, end, isBytes);
		result += escape.value;
		index = escape.next;
	}

	return result;
}

function readEscape(text: string, index: number, end: number, isBytes: boolean): {value: string; next: number} {
	const letter = text[index + 1];
	if (letter !== undefined && index + 1 < end) {
		const plain = simple[letter];
		if (plain !== undefined) return {value: plain, next: index + 2};
		const octal = /^[0-3][0-7]{2}/.exec(text.slice(index + 1, Math.min(index + 4, end)));
		if (octal) return {value: String.fromCodePoint(Number.parseInt(octal[0], 8)), next: index + 4};
		const width = letter === 'x' || letter === 'X' ? 2 : letter === 'u' ? 4 : letter === 'U' ? 8 : 0;
		const digits = text.slice(index + 2, Math.min(index + 2 + width, end));
		if (width > 0 && digits.length === width && /^[\da-f]+$/i.test(digits) && !(isBytes && width > 2)) {
			const point = Number.parseInt(digits, 16);
			const isSurrogate = point >= 0xD8_00 && point <= 0xDF_FF;
			if (point <= 0x10_FF_FF && !isSurrogate) return {value: String.fromCodePoint(point), next: index + 2 + width};
			throw errorAt(text, index, `Syntax error: Illegal escape sequence: Value of \\${letter}${digits} exceeds Unicode limit (0x0010FFFF)`);
		}
	}

	const shown = letter === undefined ? '\\' : `\\${letter}`;
	throw errorAt(text, index, `Syntax error: Illegal escape sequence: ${shown}`);
}

/** UTF-8 bytes of a text, one character a byte. */
export function toByteCharacters(text: string): string {
	let result = '';
	for (const byte of new TextEncoder().encode(text)) result += String.fromCodePoint(byte);
	return result;
}
