// Rules for text that GoogleSQL's grammar refuses: what other dialects write, and mistakes that deserve a better
// sentence than a syntax error. They look at tokens, so nothing inside a comment or a string can set them off.
import {tokensOfSql, type SqlToken} from '../objects/sql-tokens.js';
import type {RawFinding} from './finding.js';

type Sequence = {readonly words: readonly string[]; readonly rule: string; readonly message: string};

const foreign = (words: string, message: string): Sequence => ({words: words.split(' '), rule: 'foreign-dialect', message});

const sequences: readonly Sequence[] = [
	{words: ['create', 'session'], rule: 'session-setting', message: 'CREATE SESSION is not a statement; sessions are a job option'},
	foreign('on conflict', 'ON CONFLICT is not GoogleSQL; use MERGE'),
	foreign('elsif', 'ELSIF is not GoogleSQL; write ELSEIF'),
	foreign('create index', 'CREATE INDEX is not GoogleSQL; cluster the table'),
	foreign('create unique index', 'CREATE UNIQUE INDEX is not GoogleSQL; make rows unique by MERGE'),
	foreign('ilike', 'ILIKE is not GoogleSQL; compare LOWER(...) or use REGEXP_CONTAINS with (?i)'),
	foreign('filter ( where', 'FILTER (WHERE ...) is not GoogleSQL; use COUNTIF or IF'),
	foreign(': :', 'the :: cast is not GoogleSQL; use CAST'),
	foreign('check (', 'CHECK constraints are not GoogleSQL; check in the procedure'),
	foreign('serial', 'SERIAL is not a GoogleSQL type; use GENERATE_UUID()'),
	foreign('fetch next', 'cursors are not GoogleSQL; use FOR ... IN'),
	foreign('declare cursor', 'cursors are not GoogleSQL; use FOR ... IN'),
	foreign('cursor for', 'cursors are not GoogleSQL; use FOR ... IN'),
	foreign('division_by_zero_mode', 'there is no such setting; use SAFE_DIVIDE'),
];

const textAt = (tokens: readonly SqlToken[], index: number): string => {
	const token = tokens[index];
	if (token === undefined) {
		return '';
	}

	// Literals and quoted names stand for something, but never for a keyword.
	return token.kind === 'word' || token.kind === 'symbol' ? token.text.toLowerCase() : '?';
};

const isAt = (tokens: readonly SqlToken[], index: number, words: readonly string[]): boolean =>
	words.every((word, offset) => textAt(tokens, index + offset) === word);

const sequenceFindings = (tokens: readonly SqlToken[]): readonly RawFinding[] =>
	tokens.flatMap((token, index) =>
		sequences.filter(({words}) => isAt(tokens, index, words)).map(({rule, message}) => ({offset: token.start, rule, severity: 'error' as const, message})));

/** AT TIME ZONE is legal inside EXTRACT( ) and CAST( ... FORMAT ). */
const zoneFindings = (tokens: readonly SqlToken[]): readonly RawFinding[] => {
	const callers: string[] = [];
	return tokens.flatMap((token, index) => {
		const text = textAt(tokens, index);
		if (text === '(') {
			callers.push(textAt(tokens, index - 1));
		} else if (text === ')') {
			callers.pop();
		}

		return isAt(tokens, index, ['at', 'time', 'zone']) && !['extract', 'cast', 'safe_cast'].includes(callers.at(-1) ?? '')
			? [{offset: token.start, rule: 'at-time-zone', severity: 'error' as const, message: 'AT TIME ZONE stands only inside EXTRACT and CAST ... FORMAT; use DATETIME(timestamp, zone)'}]
			: [];
	});
};

const statementStarts = new Set(['', ';', 'begin', 'then', 'else', 'do', 'loop', 'repeat']);

/** BigQuery refuses UPDATE and DELETE without WHERE; say so as the rule it breaks. */
const whereFindings = (tokens: readonly SqlToken[]): readonly RawFinding[] =>
	tokens.flatMap((token, index) => {
		const verb = textAt(tokens, index);
		const next = textAt(tokens, index + 1);
		const isStatement = (verb === 'delete' || verb === 'update') && statementStarts.has(textAt(tokens, index - 1)) && !['set', 'when', ';', ''].includes(next);
		if (!isStatement) {
			return [];
		}

		let depth = 0;
		for (let at = index; at < tokens.length && textAt(tokens, at) !== ';'; at++) {
			depth += textAt(tokens, at) === '(' ? 1 : (textAt(tokens, at) === ')' ? -1 : 0);
			if (depth === 0 && textAt(tokens, at) === 'where') {
				return [];
			}
		}

		return [{offset: token.start, rule: `${verb}-without-where`, severity: 'error' as const, message: `${verb.toUpperCase()} without WHERE ${verb === 'delete' ? 'removes' : 'changes'} every row`}];
	});

/** A SELECT ... INTO of another dialect: INTO directly before a name, outside INSERT, MERGE, LOAD and EXECUTE. */
const selectIntoFindings = (tokens: readonly SqlToken[]): readonly RawFinding[] => {
	let first = '';
	return tokens.flatMap((token, index) => {
		const text = textAt(tokens, index);
		const before = textAt(tokens, index - 1);
		if (statementStarts.has(before)) {
			first = text;
		}

		return text === 'into' && (first === 'select' || first === 'with')
			? [{offset: token.start, rule: 'foreign-dialect', severity: 'error' as const, message: 'SELECT ... INTO is not GoogleSQL; use SET v = (SELECT ...)'}]
			: [];
	});
};

/** Rules over the tokens of a text that does not parse. */
export const findTokenProblems = (text: string): readonly RawFinding[] => {
	const tokens = tokensOfSql(text);
	return [...sequenceFindings(tokens), ...zoneFindings(tokens), ...whereFindings(tokens), ...selectIntoFindings(tokens)];
};
