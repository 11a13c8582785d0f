// Every mark the screen draws, one cell each, with an ASCII set for terminals whose locale or font has no better.
import {cellWidth} from './cell-width.js';

export type GlyphSet = {
	readonly pending: string;
	readonly blocked: string;
	readonly asks: string;
	readonly retrying: string;
	readonly done: string;
	readonly skipped: string;
	readonly failed: string;
	readonly cancelled: string;
	readonly rolledBack: string;
	readonly stale: string;
	readonly pointer: string;
	readonly cursor: string;
	readonly ellipsis: string;
	readonly dot: string;
	readonly horizontal: string;
	readonly vertical: string;
	readonly teeDown: string;
	readonly teeUp: string;
	readonly teeLeft: string;
	readonly teeRight: string;
	readonly branch: string;
	readonly lastBranch: string;
	readonly arcDownRight: string;
	readonly arcDownLeft: string;
	readonly arcUpRight: string;
	readonly arcUpLeft: string;
	readonly axis: string;
	readonly axisCorner: string;
	readonly threshold: string;
	readonly projection: string;
	readonly down: string;
	readonly spinner: readonly string[];
	/** Eight heights, lowest first. */
	readonly bars: readonly string[];
};

export const unicodeGlyphs: GlyphSet = {
	pending: '·',
	blocked: '○',
	asks: '?',
	retrying: '↻',
	done: '✓',
	skipped: '-',
	failed: '✗',
	cancelled: '■',
	rolledBack: '↶',
	stale: '!',
	pointer: '▸',
	cursor: '▌',
	ellipsis: '…',
	dot: '·',
	horizontal: '─',
	vertical: '│',
	teeDown: '┬',
	teeUp: '┴',
	teeLeft: '┤',
	teeRight: '├',
	branch: '├─',
	lastBranch: '└─',
	arcDownRight: '╭',
	arcDownLeft: '╮',
	arcUpRight: '╰',
	arcUpLeft: '╯',
	axis: '┤',
	axisCorner: '└',
	threshold: '┄',
	projection: '╌',
	down: '↓',
	spinner: ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'],
	bars: ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
};

export const asciiGlyphs: GlyphSet = {
	pending: '.',
	blocked: 'o',
	asks: '?',
	retrying: '~',
	done: '+',
	skipped: '-',
	failed: 'x',
	cancelled: '#',
	rolledBack: '<',
	stale: '!',
	pointer: '>',
	cursor: '_',
	ellipsis: '~',
	dot: '-',
	horizontal: '-',
	vertical: '|',
	teeDown: '+',
	teeUp: '+',
	teeLeft: '+',
	teeRight: '+',
	branch: '|-',
	lastBranch: '`-',
	arcDownRight: '.',
	arcDownLeft: '.',
	arcUpRight: '`',
	arcUpLeft: "'",
	axis: '|',
	axisCorner: '`',
	threshold: '-',
	projection: '-',
	down: 'v',
	spinner: ['|', '/', '-', '\\'],
	bars: ['_', '.', '-', '-', '=', '=', '#', '#'],
};

export type Environment = Readonly<Record<string, string | undefined>>;

/** The set for this environment: ASCII on request, in a locale that is not UTF-8, and on the Linux console. */
export const chooseGlyphs = (env: Environment, isAsciiWanted = false): GlyphSet => {
	const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
	const isUtf8 = /utf-?8/i.test(locale);
	// East Asian locales often draw ambiguous characters two cells wide.
	const isWide = /^(?:ja|ko|zh)/i.test(locale);
	return isAsciiWanted || !isUtf8 || isWide || env['TERM'] === 'linux' ? asciiGlyphs : unicodeGlyphs;
};

const replacements: ReadonlyMap<string, string> = new Map([
	...(Object.keys(unicodeGlyphs) as (keyof GlyphSet)[]).flatMap(name => {
		const from = unicodeGlyphs[name];
		const to = asciiGlyphs[name];
		return typeof from === 'string' && typeof to === 'string' && cellWidth(from) === cellWidth(to) ? [[from, to] as const] : [];
	}),
	...unicodeGlyphs.spinner.map((frame, index) => [frame, asciiGlyphs.spinner[index % asciiGlyphs.spinner.length] ?? '*'] as const),
	...unicodeGlyphs.bars.map((bar, index) => [bar, asciiGlyphs.bars[index] ?? '#'] as const),
	['├', '|'],
	['└', '`'],
]);

/** Swaps our own marks inside a composed text, so that sentences need not know which set is in use. */
export const toAscii = (text: string): string => Array.from(text, character => replacements.get(character) ?? character).join('');
