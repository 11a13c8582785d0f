// Foreign text (SQL, errors, labels, names) made harmless before the screen sees it. The journal keeps the original.

/* eslint-disable no-control-regex -- control characters are what this file is about */

// Strings first (OSC, DCS, SOS, PM, APC with their payload), then CSI, then two-byte escapes.
const escapeStrings = /(?:\u001B[\]PX^_]|[\u0090\u0098\u009D\u009E\u009F])[\s\S]*?(?:\u0007|\u001B\\|\u009C|$)/g;
const controlSequences = /(?:\u001B\[|\u009B)[0-?]*[ -/]*(?:[@-~]|$)/g;
const shortEscapes = /\u001B[ -/]*(?:[0-~]|$)/g;
const controls = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]/g;
const bidirectional = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/g;
const hostile = /[\u0000-\u001F\u007F-\u009F\u061C\u200E\u200F\u2028\u2029\u202A-\u202E\u2066-\u2069]/;

const codePoint = (character: string): string => `<U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`;

/** Longest text that is kept; a whole script in an error message must not hang the screen. */
export const sanitizedLimit = 16_384;

/**
 * Removes escape sequences and control characters, turns tabs into two spaces, and shows direction controls as
 * `<U+202E>`. Line breaks survive; a carriage return counts as one.
 */
export const sanitizeText = (text: string): string => {
	const bounded = text.length > sanitizedLimit ? `${text.slice(0, sanitizedLimit)} … ${text.length - sanitizedLimit} more characters` : text;
	if (!hostile.test(bounded)) {
		return bounded;
	}

	return bounded
		.replaceAll(escapeStrings, '')
		.replaceAll(controlSequences, '')
		.replaceAll(shortEscapes, '')
		.replaceAll(/\r\n?|[\u2028\u2029]/g, '\n')
		.replaceAll('\t', '  ')
		.replaceAll(controls, '')
		.replaceAll(bidirectional, codePoint);
};

/** The same on one line: runs of line breaks and the indentation after them become one space. */
export const sanitizeLine = (text: string): string => (hostile.test(text) || text.length > sanitizedLimit ? sanitizeText(text).replaceAll(/\s*\n\s*/g, ' ').trim() : text);
