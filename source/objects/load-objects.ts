// Files of sql/ as deployable objects of one target, in dependency order.
import type {Script} from '../googlesql/syntax/script.js';
import type {DeployObject, ObjectKind, ScheduleConfig} from './deploy-object.js';
import {fingerprintOf} from './fingerprint.js';
import type {TargetNames} from './names.js';
import {CycleError, sortByDependency} from './order.js';
import {parseSql} from './parsed-sql.js';
import {declarationsOf, referencesOf, type Declaration} from './references.js';
import {ObjectsError, renderTemplate, type FileProblem, type SourceFile} from './template.js';

/** Folders of sql/ that are deployed, and what their files declare. */
export const objectFolders: Readonly<Record<string, ObjectKind>> = {
	tables: 'table',
	functions: 'function',
	'table-functions': 'table-function',
	procedures: 'procedure',
	views: 'view',
	scheduled: 'scheduled-query',
};

const kindOfPath = (path: string): ObjectKind | undefined => {
	const [root, folder, file, ...rest] = path.split('/');
	return root === 'sql' && folder !== undefined && file?.endsWith('.sql') === true && rest.length === 0 ? objectFolders[folder] : undefined;
};

/** True for files that become objects; the others of sql/ are asked, not deployed. */
export const isObjectFile = (path: string): boolean => kindOfPath(path) !== undefined;

const headOf = (text: string): readonly string[] => {
	const lines = text.split('\n');
	const end = lines.findIndex(line => !line.startsWith('--'));
	return lines.slice(0, end === -1 ? lines.length : end).map(line => line.slice(2).trim());
};

const configsOf = (head: readonly string[]): readonly ScheduleConfig[] => {
	const anchors = head.filter(line => line.startsWith('anchor:')).map(line => line.slice('anchor:'.length).trim());
	return head
		.filter(line => line.startsWith('config:'))
		.map((line, index) => {
			const [displayName = '', schedule = ''] = line.slice('config:'.length).split('|').map(part => part.trim());
			const anchor = anchors[index] ?? anchors[0];
			return {displayName, schedule, ...(anchor !== undefined && {anchor})};
		});
};

/** Columns of the CREATE TABLE and of every ADD COLUMN after it. */
const columnsOf = (script: Script): readonly string[] => {
	const columns = script.statements.flatMap(statement => {
		if (statement.kind === 'create-table') {
			return (statement.columns ?? []).map(({name}) => name.name);
		}

		return statement.kind === 'alter'
			? statement.actions.flatMap(action => action.kind === 'add-column' ? [action.column.name.name] : [])
			: [];
	});
	return [...new Set(columns)];
};

const fileName = (path: string): string => path.slice(path.lastIndexOf('/') + 1, -'.sql'.length);

const declarationProblem = (file: SourceFile, kind: ObjectKind, declarations: readonly Declaration[]): string | undefined => {
	const own = declarations.filter(declaration => declaration.kind === kind);
	if (declarations.length !== 1 || own.length !== 1) {
		const found = declarations.map(declaration => `${declaration.kind} ${declaration.name}`).join(', ') || 'nothing';
		return `declares ${found}; a file in this folder declares exactly one ${kind}`;
	}

	return own[0]!.name === fileName(file.path) ? undefined : `declares ${own[0]!.name}; the file is named after its object`;
};

const loadFile = (file: SourceFile, names: TargetNames): DeployObject => {
	const kind = kindOfPath(file.path)!;
	const sql = renderTemplate(file, names);
	const parsed = parseSql(sql);
	if (!parsed.ok) {
		throw new ObjectsError([{path: file.path, line: parsed.line, column: parsed.column, message: parsed.message}]);
	}

	const isSchedule = kind === 'scheduled-query';
	const head = headOf(file.text);
	const configs = isSchedule ? configsOf(head) : [];
	const problem = isSchedule
		? (configs.length === 0 || configs.some(config => config.displayName === '' || config.schedule === '') ? 'has no head line "-- config: <display name> | <schedule in UTC>"' : undefined)
		: declarationProblem(file, kind, declarationsOf(parsed.script, names));
	if (problem !== undefined) {
		throw new ObjectsError([{path: file.path, line: 1, column: 1, message: problem}]);
	}

	const name = fileName(file.path);
	const {reads, writes, calls} = referencesOf(parsed.script, names);
	return {
		kind,
		name,
		path: file.path,
		summary: head[0] ?? '',
		sql,
		template: file.text,
		dependsOn: [...new Set([...reads, ...writes, ...calls])].filter(other => other !== name).sort(),
		reads,
		writes,
		calls,
		columns: kind === 'table' ? columnsOf(parsed.script) : [],
		configs,
		fingerprint: fingerprintOf(sql, names),
	};
};

const duplicateProblems = (objects: readonly DeployObject[]): readonly FileProblem[] => {
	const first = new Map<string, string>();
	return objects.flatMap(({name, path, kind}) => {
		// A routine and a table may share a name in BigQuery; here nothing may, so that a name says which object is meant.
		const earlier = kind === 'scheduled-query' ? undefined : first.get(name);
		first.set(name, first.get(name) ?? path);
		return earlier === undefined ? [] : [{path, line: 1, column: 1, message: `declares ${name} a second time; it is declared in ${earlier}`}];
	});
};

/**
 * Loads the deployable files for one target; other files are passed over.
 * @returns objects in dependency order: what is needed comes first, schedules last.
 * @throws ObjectsError with every problem of every file as path:line:column, the cycle included.
 */
export const loadObjects = (files: readonly SourceFile[], names: TargetNames): readonly DeployObject[] => {
	const problems: FileProblem[] = [];
	const objects: DeployObject[] = [];
	for (const file of files.filter(({path}) => isObjectFile(path))) {
		try {
			objects.push(loadFile(file, names));
		} catch (error) {
			if (!(error instanceof ObjectsError)) {
				throw error;
			}

			problems.push(...error.problems);
		}
	}

	problems.push(...duplicateProblems(objects));
	if (problems.length > 0) {
		throw new ObjectsError(problems);
	}

	try {
		return sortByDependency(objects);
	} catch (error) {
		if (error instanceof CycleError) {
			const path = objects.find(({name}) => name === error.cycle[0])!.path;
			throw new ObjectsError([{path, line: 1, column: 1, message: error.message}]);
		}

		throw error;
	}
};
