// Shell text split into what runs and what is only said: comments, quoted text and here-documents are blanked out, so
// that a rule never takes `echo "bq rm"` for a command. Blanks keep every offset.

export type HereDocument = {
	/** Offset of the body's first character. */
	readonly start: number;
	readonly body: string;
	/** The command line that reads it. */
	readonly command: string;
};

export type QuotedText = {readonly start: number; readonly text: string};

export type ShellText = {
	readonly code: string;
	readonly hereDocuments: readonly HereDocument[];
	/** Contents of quoted arguments, without quotes. */
	readonly quoted: readonly QuotedText[];
};

const blank = (text: string): string => text.replaceAll(/[^\n]/g, ' ');

/** End offset of a single- or double-quoted text that starts at `start`, after its closing quote. */
const endOfQuote = (text: string, start: number): number => {
	const quote = text[start]!;
	let at = start + 1;
	while (at < text.length && text[at] !== quote) {
		at += quote === '"' && text[at] === '\\' ? 2 : 1;
	}

	return Math.min(at + 1, text.length);
};

const hereDocumentPattern = /<<-?\s*(?:'(\w+)'|"(\w+)"|\\?(\w+))/g;

type Body = {readonly start: number; readonly end: number; readonly line: string};

const hereDocumentsOf = (text: string): readonly Body[] => {
	const found: Body[] = [];
	const lines = text.split('\n');
	let offset = 0;
	for (let index = 0; index < lines.length; index++) {
		const line = lines[index]!;
		offset += line.length + 1;
		const isComment = /^\s*#/.test(line);
		// `<<<` is a here-string, not a here-document.
		for (const match of isComment ? [] : line.replaceAll('<<<', '   ').matchAll(hereDocumentPattern)) {
			const word = match[1] ?? match[2] ?? match[3]!;
			const start = offset;
			while (index + 1 < lines.length && lines[index + 1]!.trim() !== word) {
				index++;
				offset += lines[index]!.length + 1;
			}

			found.push({start, end: offset, line});
		}
	}

	return found;
};

/** Splits a script; tolerant of anything. */
export const readShellText = (text: string): ShellText => {
	const bodies = hereDocumentsOf(text);
	let code = '';
	const quoted: QuotedText[] = [];
	let at = 0;
	const skip = (end: number): void => {
		code += blank(text.slice(at, end));
		at = end;
	};

	while (at < text.length) {
		const body = bodies.find(({start}) => start === at);
		const character = text[at]!;
		if (body !== undefined && body.end > at) {
			skip(body.end);
		} else if (character === '#' && (at === 0 || /[\s;(]/.test(text[at - 1]!))) {
			const end = text.indexOf('\n', at);
			skip(end === -1 ? text.length : end);
		} else if (character === '\\') {
			code += text.slice(at, at + 2);
			at += 2;
		} else if (character === '\'' || character === '"') {
			const end = endOfQuote(text, at);
			const content = text.slice(at + 1, end - 1);
			quoted.push({start: at + 1, text: content});
			// A command substitution inside double quotes runs.
			const runs = character === '"' ? blank(content).split('') : undefined;
			if (runs !== undefined) {
				for (const match of content.matchAll(/\$\(([^()]*)\)/g)) {
					for (const [index, letter] of [...match[0]].entries()) {
						runs[match.index + index] = letter;
					}
				}
			}

			code += `${character}${runs?.join('') ?? blank(content)}${text.slice(end - 1, end)}`;
			at = end;
		} else {
			code += character;
			at++;
		}
	}

	return {code, hereDocuments: bodies.map(({start, end, line}) => ({start, body: text.slice(start, end), command: line})), quoted};
};
