import {describe, expect, it} from 'vitest';
import {compareWithPlan, differenceHash, frozenAction} from '../../source/window/catalog-comparison.js';
import type {PlannedObject, PlanAction} from '../../source/objects/plan.js';

const planned = (name: string, action: PlanAction, diff = action === 'unchanged' ? '' : `- old ${name}\n+ new ${name}`): PlannedObject => ({object: {name, kind: 'procedure'} as PlannedObject['object'], action, diff, detail: ''});

const freeze = (objects: readonly PlannedObject[]) => objects.map(object => ({name: object.object.name, action: frozenAction(object), difference: differenceHash(object)}));

describe('the catalog of a resumed run', () => {
	const before = [planned('a', 'unchanged'), planned('b', 'replace'), planned('c', 'create')];

	it('is as left when nothing moved', () => {
		expect(compareWithPlan(before, freeze(before), 'unchanged')).toEqual({asLeft: 1, total: 3, notDeployed: 2, drifted: []});
	});

	it('counts what this run deployed as left, and the rest as not yet deployed', () => {
		expect(compareWithPlan([planned('a', 'unchanged'), planned('b', 'unchanged'), planned('c', 'create')], freeze(before), 'changing')).toEqual({asLeft: 2, total: 3, notDeployed: 1, drifted: []});
	});

	it('names what somebody else changed: edited, deployed, removed, or undone after the deployment', () => {
		expect(compareWithPlan([planned('a', 'unchanged'), planned('b', 'replace', '- edited in a console'), planned('c', 'create')], freeze(before), 'unchanged').drifted).toEqual(['b']);
		expect(compareWithPlan([planned('a', 'unchanged'), planned('b', 'replace'), planned('c', 'unchanged')], freeze(before), 'unchanged').drifted).toEqual(['c']);
		expect(compareWithPlan([planned('a', 'create'), planned('b', 'replace'), planned('c', 'create')], freeze(before), 'unchanged').drifted).toEqual(['a']);
		expect(compareWithPlan([planned('a', 'unchanged'), planned('b', 'replace'), planned('c', 'unchanged')], freeze(before), 'deployed').drifted).toEqual(['b']);
	});
});
