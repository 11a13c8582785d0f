// Tokens. A word is a keyword or an identifier without backquotes; the parser decides which.

export type Token = {
	readonly kind: 'word' | 'quoted' | 'integer' | 'float' | 'string' | 'bytes' | 'parameter' | 'system-variable' | 'symbol' | 'end';
	/** word, quoted, parameter, system-variable: the name. string: the value. symbol, integer, float: the text. */
	readonly value: string;
	/** Upper case of a word; the symbol itself; empty otherwise. */
	readonly upper: string;
	/** Value of a bytes literal. */
	readonly bytes: Uint8Array | undefined;
	readonly start: number;
	readonly end: number;
};
