// Where the package stands on disk and what it is called. Works from the sources and from the bundle.
import {existsSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';

const findRoot = (): string => {
	let folder = path.dirname(fileURLToPath(import.meta.url));
	while (!existsSync(path.join(folder, 'package.json'))) {
		const parent = path.dirname(folder);
		if (parent === folder) {
			throw new Error('The eros-tui package has no package.json above its code; reinstall it with npm ci.');
		}

		folder = parent;
	}

	return folder;
};

/** Absolute path of the package: sql/, source/ and dist/ are below it. */
export const packageRoot = (): string => findRoot();

/** The version of package.json. */
export const packageVersion = (): string => {
	const parsed = JSON.parse(readFileSync(path.join(findRoot(), 'package.json'), 'utf8')) as {version: string};
	return parsed.version;
};
