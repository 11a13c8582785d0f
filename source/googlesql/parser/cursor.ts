// The parser's place in the tokens: look, accept, expect, complain.
import {errorAt, type GoogleSqlError} from '../diagnostics.js';
import {reservedKeywords, unreservedKeywords} from '../lexer/keywords.js';
import {tokenize} from '../lexer/lexer.js';
import type {Token} from '../lexer/token.js';
import type {Identifier, Span} from '../syntax/name.js';

export class Cursor {
	readonly text: string;
	tokens: readonly Token[];
	index = 0;
	/** Positional parameters met so far. */
	parameterCount = 0;

	constructor(text: string) {
		this.text = text;
		this.tokens = tokenize(text);
	}

	get current(): Token {
		return this.tokens[this.index]!;
	}

	get isAtEnd(): boolean {
		return this.current.kind === 'end';
	}

	/** Token `distance` places ahead; the end token past the end. */
	peek(distance = 1): Token {
		return this.tokens[this.index + distance] ?? this.tokens.at(-1)!;
	}

	/** End offset of the token before the current one. */
	get lastEnd(): number {
		return this.index === 0 ? 0 : this.tokens[this.index - 1]!.end;
	}

	spanFrom(start: number): Span {
		return {start, end: Math.max(start, this.lastEnd)};
	}

	advance(): Token {
		const token = this.current;
		if (token.kind !== 'end') this.index++;
		return token;
	}

	isAt(...sequence: readonly string[]): boolean {
		for (const [distance, word] of sequence.entries()) {
			const token = distance === 0 ? this.current : this.peek(distance);
			if (token.upper !== word) return false;
		}

		return true;
	}

	isAtAny(...words: readonly string[]): boolean {
		const {upper} = this.current;
		return upper !== '' && words.includes(upper);
	}

	/** Consumes the sequence of keywords or symbols when all of it is next. */
	accept(...sequence: readonly string[]): boolean {
		if (!this.isAt(...sequence)) return false;
		this.index += sequence.length;
		return true;
	}

	expect(...sequence: readonly string[]): Token {
		let token = this.current;
		for (const word of sequence) {
			token = this.current;
			if (token.upper !== word) throw this.expected(/^[A-Z]/.test(word) ? `keyword ${word}` : `"${word}"`);
			this.index++;
		}

		return token;
	}

	/** `Expected X but got Y`. */
	expected(what: string): GoogleSqlError {
		return errorAt(this.text, this.current.start, `Syntax error: Expected ${what} but got ${this.describe(this.current)}`);
	}

	/** `Unexpected Y`. */
	unexpected(token: Token = this.current): GoogleSqlError {
		return errorAt(this.text, token.start, `Syntax error: Unexpected ${this.describe(token)}`);
	}

	/** Collation changes how texts compare: it is refused, not passed over. */
	refuseCollation(...before: readonly string[]): void {
		if (this.isAt(...before, 'COLLATE')) throw this.error('Collation is not supported by the embedded warehouse');
	}

	error(message: string, offset: number = this.current.start): GoogleSqlError {
		return errorAt(this.text, offset, message);
	}

	/** The current token can be a name where only names stand. */
	get isAtIdentifier(): boolean {
		const {kind, upper} = this.current;
		return kind === 'quoted' || (kind === 'word' && !reservedKeywords.has(upper));
	}

	identifier(): Identifier {
		if (!this.isAtIdentifier) throw this.unexpected();
		return this.anyWord();
	}

	/** A name after a dot: keywords are names there. */
	anyWord(): Identifier {
		const token = this.current;
		if (token.kind !== 'word' && token.kind !== 'quoted') throw this.unexpected();
		this.index++;
		return {kind: 'identifier', name: token.value, isQuoted: token.kind === 'quoted', span: {start: token.start, end: token.end}};
	}

	/** Takes the first `>` of a `>>` that closes two types. */
	splitAngle(): void {
		const token = this.current;
		const half = (start: number): Token => ({kind: 'symbol', value: '>', upper: '>', bytes: undefined, start, end: start + 1});
		this.tokens = [...this.tokens.slice(0, this.index), half(token.start), half(token.start + 1), ...this.tokens.slice(this.index + 1)];
		this.index++;
	}

	private describe(token: Token): string {
		const source = this.text.slice(token.start, token.end);
		switch (token.kind) {
			case 'end':
				return 'end of statement';
			case 'word': {
				const isKeyword = reservedKeywords.has(token.upper) || unreservedKeywords.has(token.upper);
				return isKeyword ? `keyword ${token.upper}` : `identifier "${source}"`;
			}

			case 'quoted':
				return `identifier ${source}`;
			case 'integer':
				return `integer literal "${source}"`;
			case 'float':
				return `floating point literal "${source}"`;
			case 'string':
				return `string literal ${source}`;
			case 'bytes':
				return `bytes literal ${source}`;
			default:
				return token.kind === 'symbol' ? `"${source}"` : `"${source.startsWith('@@') ? '@@' : '@'}"`;
		}
	}
}
