// A tolerant split of SQL text into tokens: it never refuses, so that foreign dialects, broken files and generated
// definitions can be looked at too. Comments and white space leave no token.

export type SqlToken = {
	readonly kind: 'word' | 'quoted' | 'string' | 'number' | 'symbol';
	/** As written; of a quoted identifier without the backquotes. */
	readonly text: string;
	/** Offset of the first character. */
	readonly start: number;
	readonly end: number;
};

const pattern = new RegExp([
	String.raw`(?<space>\s+)`,
	String.raw`(?<comment>--[^\n]*|#[^\n]*|/\*[\s\S]*?(?:\*/|$))`,
	// Raw strings end at the first quote; in the others a backslash protects the next character.
	String.raw`(?<string>(?:[bB]?[rR]|[rR][bB])(?:"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|"(?:\\[\s\S]|[^"\\\n])*"?|'(?:\\[\s\S]|[^'\\\n])*'?)|[bB]?(?:"""(?:\\[\s\S]|[^\\])*?(?:"""|$)|'''(?:\\[\s\S]|[^\\])*?(?:'''|$)|"(?:\\[\s\S]|[^"\\\n])*"?|'(?:\\[\s\S]|[^'\\\n])*'?))`,
	'(?<quoted>`(?:\\\\[\\s\\S]|[^`\\\\\\n])*`?)',
	String.raw`(?<number>(?:0[xX][\da-fA-F]+|\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?))`,
	String.raw`(?<word>@{0,2}[A-Za-z_]\w*)`,
	String.raw`(?<symbol>=>|<=|>=|<>|!=|\|\||<<|>>|[\s\S])`,
].join('|'), 'y');

/** Splits text into tokens, comments and white space left out. */
export const tokensOfSql = (text: string): readonly SqlToken[] => {
	const tokens: SqlToken[] = [];
	pattern.lastIndex = 0;
	while (pattern.lastIndex < text.length) {
		const start = pattern.lastIndex;
		const groups = pattern.exec(text)?.groups ?? {};
		const end = pattern.lastIndex;
		for (const kind of ['word', 'quoted', 'string', 'number', 'symbol'] as const) {
			const found = groups[kind];
			if (found !== undefined) {
				tokens.push({kind, text: kind === 'quoted' ? found.replaceAll('`', '') : found, start, end});
			}
		}
	}

	return tokens;
};
