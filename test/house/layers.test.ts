// The layer rule of source/README.md, read from the imports.
import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, it} from 'vitest';

const root = path.resolve(import.meta.dirname, '../../source');

const mayImport: Readonly<Record<string, readonly string[] | 'everything'>> = {
	domain: [],
	googlesql: [],
	terminal: [],
	ports: ['domain'],
	warehouse: ['googlesql'],
	settings: ['domain'],
	objects: ['googlesql', 'domain'],
	lint: ['googlesql', 'domain', 'objects'],
	journal: ['domain', 'ports'],
	cloud: ['domain', 'ports'],
	host: ['domain', 'ports'],
	notify: ['domain', 'ports'],
	eros: ['domain', 'ports'],
	engine: ['domain', 'ports'],
	window: ['domain', 'ports', 'engine', 'objects', 'lint', 'eros', 'notify', 'report'],
	report: ['domain', 'ports', 'terminal'],
	supervisor: ['domain', 'ports'],
	store: ['domain', 'terminal'],
	tui: ['store', 'domain', 'terminal', 'ports'],
	commands: 'everything',
};

/** Rooms that are loaded on demand only, because of what they cost at start-up. */
const onlyDynamic = ['tui', 'warehouse'];

const files = readdirSync(root, {recursive: true, encoding: 'utf8'})
	.filter(file => /\.tsx?$/.test(file))
	.map(file => file.split(path.sep).join('/'));

type Import = {readonly file: string; readonly from: string; readonly to: string; readonly isType: boolean; readonly isDynamic: boolean};

const importsOf = (file: string): readonly Import[] => {
	const text = readFileSync(path.join(root, file), 'utf8');
	const found: Import[] = [];
	const pattern = /(?:^|\n)\s*(import|export)\s+(type\s)?[^;'"]*?from\s+'(\.[^']+)'|import\('(\.[^']+)'\)|(?:^|\n)import\s+'(\.[^']+)'/g;
	for (const match of text.matchAll(pattern)) {
		const specifier = match[3] ?? match[4] ?? match[5];
		if (specifier === undefined) {
			continue;
		}

		const resolved = path.posix.normalize(path.posix.join(path.posix.dirname(file), specifier));
		found.push({file, from: file.split('/')[0] ?? '', to: resolved.split('/')[0] ?? '', isType: match[2] !== undefined || match[4] !== undefined, isDynamic: match[4] !== undefined});
	}

	return found;
};

const imports = files.flatMap(file => importsOf(file));
const rooms = new Set(files.filter(file => file.includes('/')).map(file => file.split('/')[0] ?? ''));

describe('the house', () => {
	it('has a rule for every room', () => {
		expect([...rooms].filter(room => mayImport[room] === undefined)).toEqual([]);
	});

	it('lets every room import only what its rule allows', () => {
		const violations = imports
			.filter(({from, to}) => from !== to && rooms.has(from))
			.filter(({from, to}) => {
				const allowed = mayImport[from];
				return allowed !== 'everything' && !(allowed ?? []).includes(to);
			})
			.map(({file, to}) => `${file} imports ${to}`);
		expect(violations).toEqual([]);
	});

	it('loads the screen and the warehouse on demand only', () => {
		const violations = imports
			.filter(({from, to, isType, isDynamic}) => onlyDynamic.includes(to) && from !== to && !isType && !isDynamic)
			.map(({file, to}) => `${file} imports ${to}`);
		expect(violations).toEqual([]);
	});

	it('sees the imports of the files', () => {
		expect(imports.length).toBeGreaterThan(100);
	});

	it('keeps the outside world behind the ports', () => {
		const clockRooms = ['host', 'warehouse'];
		const processRooms = ['commands', 'terminal', 'host'];
		const processFiles = ['preflight.ts', 'main.ts', 'warehouse/main.ts'];
		const violations = files.flatMap(file => {
			const text = readFileSync(path.join(root, file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|(^|\s)\/\/.*$/gm, '');
			const room = file.split('/')[0] ?? '';
			const broken: string[] = [];
			if (/(?<!\/)\bconsole\./.test(text)) {
				broken.push(`${file} uses console`);
			}

			if (/\bDate\.now\(|\bMath\.random\(/.test(text) && !clockRooms.includes(room)) {
				broken.push(`${file} reads the clock or a random number past the Clock`);
			}

			if (/\bprocess\.(env|exit|std|argv|on|pid|kill|cwd)/.test(text) && !processRooms.includes(room) && !processFiles.includes(file)) {
				broken.push(`${file} uses process`);
			}

			return broken;
		});
		expect(violations).toEqual([]);
	});
});
