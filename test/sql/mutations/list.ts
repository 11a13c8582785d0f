// What is broken, and which tests should notice: one mutation a rule.
import {functionMutations} from './functions.js';
import type {Mutation} from './mutation.js';
import {operationMutations} from './operations.js';
import {procedureMutations} from './procedures.js';
import {selectorMutations} from './selector.js';
import {tableFunctionMutations} from './table-functions.js';

export const mutations: readonly Mutation[] = [...functionMutations, ...tableFunctionMutations, ...procedureMutations, ...selectorMutations, ...operationMutations];
