// Files of this machine.
import {createHash, randomBytes} from 'node:crypto';
import {access, mkdir, open, readdir, readFile, rename, stat} from 'node:fs/promises';
import {constants} from 'node:fs';
import path from 'node:path';
import type {Files} from '../ports/outside.js';

const canRead = async (file: string): Promise<boolean> => {
	try {
		await access(file, constants.R_OK);
		return true;
	} catch {
		return false;
	}
};

/** Lists regular files below a folder in path order; symbolic links are not followed. */
const listFiles = async (folder: string): Promise<readonly string[]> => {
	const entries = await readdir(folder, {withFileTypes: true});
	const nested = await Promise.all(entries.map(async entry => {
		const full = path.join(folder, entry.name);
		return entry.isDirectory() ? listFiles(full) : entry.isFile() ? [full] : [];
	}));
	return nested.flat().sort();
};

/** The `Files` port over node:fs. A write is whole or not at all: temporary file, sync, rename. */
export const createFiles = (): Files => ({
	read: async file => readFile(file),
	async write(file, content, mode) {
		await mkdir(path.dirname(file), {recursive: true});
		const temporary = `${file}.${randomBytes(4).toString('hex')}.tmp`;
		const handle = await open(temporary, 'w', mode ?? 0o644);
		try {
			await handle.writeFile(content);
			if (mode !== undefined) {
				await handle.chmod(mode);
			}

			await handle.datasync();
		} finally {
			await handle.close();
		}

		await rename(temporary, file);
		return createHash('sha256').update(content).digest('hex');
	},
	list: async folder => Promise.all((await listFiles(folder)).map(async file => {
		const {size, mode} = await stat(file);
		return {path: file, bytes: size, mode: mode & 0o777, isReadable: await canRead(file)};
	})),
	async exists(file) {
		try {
			await stat(file);
			return true;
		} catch {
			return false;
		}
	},
});
