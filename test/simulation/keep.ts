// Keeps worlds that were simulated, so that a run that was stopped goes on and several processes share the worlds.
import {createHash} from 'node:crypto';
import {readFileSync, readdirSync} from 'node:fs';
import {mkdir, readFile, rename, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import type {Simulation, SimulationOptions} from './simulate.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What only tells of worlds that were lived, or looks for them. */
const tellers = /^(?:keep|report|run|.*\.test)\.ts$/;

/** What a world comes out of: the SQL, the agents and the simulation. */
const fingerprint = (): string => {
	const hash = createHash('sha256');
	for (const folder of ['sql', 'source/eros', 'source/googlesql', 'source/warehouse', 'test/simulation']) {
		for (const file of readdirSync(path.join(root, folder), {recursive: true, encoding: 'utf8'}).filter(name => /\.(?:ts|sql)$/.test(name) && !(folder === 'test/simulation' && tellers.test(name))).sort()) {
			hash.update(`${folder}/${file}\n`).update(readFileSync(path.join(root, folder, file)));
		}
	}

	return hash.digest('hex').slice(0, 16);
};

export type Keep = {
	/** The world as it was kept; undefined when it was not, or by other code or with other options. */
	readonly find: (options: SimulationOptions) => Promise<Simulation | undefined>;
	readonly put: (simulation: Simulation) => Promise<void>;
};

/** @param folder undefined keeps nothing. */
export const createKeep = (folder: string | undefined): Keep => {
	if (folder === undefined) {
		return {find: async () => undefined, async put() {}};
	}

	const code = fingerprint();
	const fileOf = ({seed, weeks, pages, captions}: SimulationOptions): string => path.join(folder, `world-${seed}-${weeks}-${pages}-${captions}-${code}.json`);
	return {
		async find(options) {
			const text = await readFile(fileOf(options), 'utf8').catch(() => undefined);
			return text === undefined ? undefined : JSON.parse(text) as Simulation;
		},
		async put(simulation) {
			await mkdir(folder, {recursive: true});
			const file = fileOf(simulation.options);
			await writeFile(`${file}.tmp`, JSON.stringify(simulation));
			await rename(`${file}.tmp`, file);
		},
	};
};
