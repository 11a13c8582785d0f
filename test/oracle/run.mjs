// Asks Google's analyzer about every statement of sql/, procedure bodies included, in dependency order, and of the agents.
// Prints one line a failure (path:line:column message) and a closing line; exits 1 on a failure.
import {readdirSync, readFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {startAnalyzer} from './server.mjs';
import {Verdicts} from './verdicts.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folders = ['tables', 'functions', 'views', 'table-functions', 'procedures', 'scheduled', 'monitoring', 'smoke', 'sample'];

const render = text => text
	.replaceAll('${dataset_name}', 'dataset')
	.replaceAll('${dataset}', 'project.dataset')
	.replaceAll('${region}', 'project.region-us')
	.replaceAll('${timezone}', 'America/Los_Angeles');

const files = folders.flatMap(folder =>
	readdirSync(`${root}sql/${folder}`, {recursive: true})
		.filter(name => name.endsWith('.sql'))
		.sort()
		.map(name => {
			const path = `sql/${folder}/${name}`;
			const text = readFileSync(root + path, 'utf8');
			const mentioned = [...text.matchAll(/\$\{dataset\}\.(\w+)/g)].map(match => match[1]);
			return {path, text, object: name.slice(name.lastIndexOf('/') + 1, -'.sql'.length), mentioned: new Set(mentioned)};
		}));

// The release, and what is asked of it; the former release with the sample data that fill it, in a catalog of its own.
const isFormer = ({path}) => path.startsWith('sql/sample/former/') || path.startsWith('sql/sample/data/');
const sortFiles = list => {
	const sorted = [];
	const visit = (file, trail) => {
		if (sorted.includes(file) || trail.includes(file)) {
			return;
		}

		for (const other of list) {
			if (other !== file && file.mentioned.has(other.object)) {
				visit(other, [...trail, file]);
			}
		}

		sorted.push(file);
	};

	// Data come last: a table stands before what fills it.
	for (const file of list.toSorted((a, b) => Number(a.path.includes('/data/')) - Number(b.path.includes('/data/')))) {
		visit(file, []);
	}

	return sorted;
};

const analyzer = await startAnalyzer();
if (analyzer === undefined) {
	const isOptional = Boolean(process.env.EROS_ORACLE_OPTIONAL);
	process.stdout.write(`The analyzer has no binary for ${process.platform} ${process.arch}, or its package is not installed: npm ci --prefix test/oracle\n`);
	process.exit(isOptional ? 0 : 2);
}

/** Statements in the code: constants named sql or ...Sql that hold `{dataset}`; each with its file and the line it begins on. */
const statementsInCode = ['source/eros', 'source/commands'].flatMap(folder =>
	readdirSync(root + folder, {recursive: true})
		.filter(name => name.endsWith('.ts'))
		.sort()
		.flatMap(name => {
			const path = `${folder}/${name}`;
			const code = readFileSync(root + path, 'utf8');
			return [...code.matchAll(/const (?:sql|\w+Sql) = (`(?:[^`\\]|\\.)*`|'(?:[^'\\\n]|\\.)*');/gs)]
				.filter(match => match[1].includes('{dataset}'))
				.map(match => ({path, line: code.slice(0, match.index).split('\n').length, text: match[1].slice(1, -1).replaceAll(/\\(.)/gs, (_, character) => (character === 'n' ? '\n' : character))}));
		}));
// Types of their parameters, from where their values are given: {name, type, value}, text(name, ...), integer(name, ...).
const parameterTypes = new Map(
	readdirSync(`${root}source/eros`, {recursive: true})
		.filter(name => name.endsWith('.ts'))
		.flatMap(name => {
			const code = readFileSync(`${root}source/eros/${name}`, 'utf8');
			return [
				...[...code.matchAll(/\{name: '(\w+)', type: '([^']+)'/g)].map(match => [match[1], match[2]]),
				...[...code.matchAll(/\b(text|integer)\('(\w+)'/g)].map(match => [match[2], match[1] === 'text' ? 'STRING' : 'INT64']),
			];
		}));
const declareParameters = text => {
	const names = [...new Set([...text.matchAll(/@(\w+)/g)].map(match => match[1]))];
	const unknown = names.find(name => !parameterTypes.has(name));
	if (unknown !== undefined) {
		throw new Error(`No type is given for the parameter @${unknown}.`);
	}

	return names.length === 0 ? '' : `-- parameters: ${names.map(name => `@${name} ${parameterTypes.get(name)}`).join(', ')}`;
};

if (statementsInCode.length < 10) {
	throw new Error(`Only ${statementsInCode.length} statements were found in the code; the way they are found no longer fits.`);
}

let passed = 0;
let failed = 0;
try {
	const verdicts = await Verdicts.open(analyzer);
	const isCurrent = file => !isFormer(file);
	for (const group of [sortFiles(files.filter(isCurrent)), sortFiles(files.filter(isFormer))]) {
		verdicts.clear();
		for (const file of group) {
			const result = await verdicts.check(render(file.text));
			passed += result.passed;
			failed += result.problems.length;
			for (const {line, column, message} of result.problems) {
				process.stdout.write(`${file.path}:${line}:${column} ${message}\n`);
			}
		}

		if (isCurrent(group[0])) {
			// The agents' statements, on the release that they call.
			for (const statement of statementsInCode) {
				const result = await verdicts.check(`${declareParameters(statement.text)}\n${statement.text.replaceAll('{dataset}', 'project.dataset')}`);
				passed += result.passed;
				failed += result.problems.length;
				for (const {line, column, message} of result.problems) {
					process.stdout.write(`${statement.path}:${statement.line + line - 2}:${column} ${message}\n`);
				}
			}
		}
	}
} finally {
	analyzer.close();
}

process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed > 0 ? 1 : 0;
