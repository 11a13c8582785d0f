import {readFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {describe, expect, it} from 'vitest';
import {stagesOf} from '../../../source/eros/dependency-graph.js';
import {agentNames, envelopeSchemas} from '../../../source/eros/envelope.js';
import {schemaFiles} from '../../../source/eros/json-schemas.js';
import {agents, createOrchestrator} from '../../../source/eros/orchestrator.js';
import {createTestEnvironment} from '../support/an-environment.js';

const folder = fileURLToPath(new URL('../../../source/eros/', import.meta.url));

describe('the dependency graph', () => {
	it('is read from the agents: four stages, analyzer beside monitor', () => {
		expect(stagesOf(agents)).toEqual([['performance_analyzer', 'real_time_monitor'], ['caption_selector'], ['schedule_builder'], ['sheets_exporter']]);
		expect(agents.map(agent => agent.name).sort()).toEqual([...agentNames].sort());
	});

	it('names a cycle, an unknown dependency and a doubled agent', () => {
		const node = (name: string, ...dependsOn: string[]) => ({name, dependsOn});
		expect(() => stagesOf([node('a', 'c'), node('b', 'a'), node('c', 'b')])).toThrow('in a circle: a -> c -> b -> a.');
		expect(() => stagesOf([node('a', 'a')])).toThrow('in a circle: a -> a.');
		expect(() => stagesOf([node('a', 'x')])).toThrow('a depends on x');
		expect(() => stagesOf([node('a'), node('a')])).toThrow('a is declared twice');
	});

	it('refuses an incomplete roster', () => {
		expect(() => createOrchestrator(createTestEnvironment(), agents.filter(agent => agent.name !== 'real_time_monitor'))).toThrow('real_time_monitor');
		expect(() => createOrchestrator(createTestEnvironment(), agents.filter(agent => agent.name !== 'sheets_exporter'))).toThrow('sheets_exporter is missing');
	});

	it('is what the specifications say', () => {
		for (const agent of agents) {
			const [front] = readFileSync(`${folder}agents/${agent.name.replaceAll('_', '-')}.md`, 'utf8').split('\n');
			expect(front).toBe(`agent: ${agent.name} | depends on: ${agent.dependsOn.length === 0 ? 'nothing' : agent.dependsOn.join(', ')}`);
		}

		const [front] = readFileSync(`${folder}agents/onlyfans-orchestrator.md`, 'utf8').split('\n');
		expect(front).toBe(`orchestrator | runs: ${stagesOf(agents).flat().join(', ')}`);
	});
});

describe('the JSON Schemas', () => {
	// Written anew with: npx vitest run --config test/vitest.config.ts test/eros/unit/graph.test.ts -u
	it.each(schemaFiles())('$name is what the definitions give', async ({name, content}) => {
		await expect(content).toMatchFileSnapshot(`${folder}schemas/${name}`);
	});

	type Node = {readonly properties?: Readonly<Record<string, Node>>; readonly items?: Node; readonly anyOf?: readonly Node[]; readonly additionalProperties?: unknown};
	/** Objects that take fields nobody named; conditions aside, which name only some. */
	const openObjects = (node: Node, at = ''): readonly string[] => [
		...(node.properties !== undefined && node.additionalProperties !== false ? [at] : []),
		...Object.entries(node.properties ?? {}).flatMap(([key, inner]) => openObjects(inner, `${at}.${key}`)),
		...(node.items === undefined ? [] : openObjects(node.items, `${at}[]`)),
		...(node.anyOf ?? []).flatMap(inner => openObjects(inner, at)),
	];

	it.each(schemaFiles())('$name closes every object', ({content}) => {
		expect(openObjects(JSON.parse(content) as Node)).toEqual([]);
	});

	it.each(Object.keys(envelopeSchemas))('%s says which of data and error goes with which status', name => {
		const {allOf} = JSON.parse(schemaFiles().find(file => file.name === `${name}.json`)!.content) as {readonly allOf: ReadonlyArray<{readonly if: unknown; readonly then: {readonly properties: Readonly<Record<string, {readonly type: string}>>}}>};
		expect(allOf.map(({if: condition, then: {properties}}) => [condition, properties['error']!.type, properties['data']!.type])).toEqual([['success', 'null', 'object'], ['skipped', 'null', 'null'], ['failed', 'object', 'null']].map(([status, ...types]) => [{properties: {status: {const: status}}}, ...types]));
	});

	it('are part of the package', () => {
		const {files} = JSON.parse(readFileSync(`${folder}../../package.json`, 'utf8')) as {readonly files: readonly string[]};
		expect(files.filter(pattern => pattern.startsWith('source/eros/schemas'))).not.toEqual([]);
	});
});
