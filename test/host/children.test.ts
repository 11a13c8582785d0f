// A process that is killed leaves its children running; whoever takes over finds and ends them, and nobody else.
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {afterEach, expect, it} from 'vitest';
import {endLeftOvers} from '../../source/host/children.js';
import {isProcessAlive, thisProcess, writerOf} from '../../source/host/process-identity.js';

const folders: string[] = [];
afterEach(async () => {
	for (const folder of folders.splice(0)) {
		await rm(folder, {recursive: true, force: true});
	}
});

const aFile = async (): Promise<string> => {
	const folder = await mkdtemp(path.join(tmpdir(), 'eros-children-'));
	folders.push(folder);
	return path.join(folder, 'children.json');
};

it('ends the group of a child whose parent was killed', async () => {
	const file = await aFile();
	const program = `import {createChildRegistry} from ${JSON.stringify(path.resolve(import.meta.dirname, '../../source/host/children.ts'))};
import {createProcesses} from ${JSON.stringify(path.resolve(import.meta.dirname, '../../source/host/processes.ts'))};
const processes = createProcesses(createChildRegistry(${JSON.stringify(file)}));
void processes.run('sh', ['-c', 'sleep 600 & wait']);
process.stdout.write('started\\n');
setInterval(() => undefined, 1000);`;
	const parent = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {stdio: ['ignore', 'pipe', 'inherit'], cwd: path.resolve(import.meta.dirname, '../..')});
	await once(parent.stdout, 'data');
	const [child] = JSON.parse(await readFile(file, 'utf8')) as readonly [ReturnType<typeof thisProcess>];
	parent.kill('SIGKILL');
	await once(parent, 'exit');
	expect(isProcessAlive(child)).toBe(true);
	expect(endLeftOvers(file)).toBe(1);
	while (isProcessAlive(child)) {
		await new Promise(resolve => {
			setTimeout(resolve, 5);
		});
	}

	expect(endLeftOvers(file)).toBe(0);
});

it('leaves a process alone that only has the number of a former child', async () => {
	const file = await aFile();
	const other = spawn('sleep', ['600']);
	await once(other, 'spawn');
	const identity = {...thisProcess(), ...writerOf(other.pid!)};
	await writeFile(file, JSON.stringify([{...identity, startTicks: '1'}, {...identity, boot: 'another boot'}, {...identity, host: 'elsewhere'}]));
	expect(endLeftOvers(file)).toBe(0);
	expect(isProcessAlive(identity)).toBe(true);
	other.kill();
	await writeFile(file, 'no list');
	expect(endLeftOvers(file)).toBe(0);
});
