// Files in memory, behind the port.
import {createHash} from 'node:crypto';
import type {Files} from '../../../source/ports/outside.js';

export type MemoryFiles = Files & {readonly contents: Map<string, Uint8Array>};

export const createMemoryFiles = (): MemoryFiles => {
	const contents = new Map<string, Uint8Array>();
	return {
		contents,
		async read(path) {
			const content = contents.get(path);
			if (!content) {
				throw new Error(`${path} does not exist.`);
			}

			return content;
		},
		async write(path, content) {
			const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
			contents.set(path, bytes);
			return createHash('sha256').update(bytes).digest('hex');
		},
		list: async folder => [...contents].filter(([path]) => path.startsWith(folder)).map(([path, bytes]) => ({path, bytes: bytes.length, mode: 0o644, isReadable: true})),
		exists: async path => contents.has(path),
	};
};
