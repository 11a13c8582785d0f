// All builtin functions by name. Signature texts are parsed when a function is first asked for.
import {aggregateFunctions, windowFunctions} from './aggregate.js';
import {arrayFunctions} from './array.js';
import {dateTimeFunctions} from './date-time.js';
import {jsonFunctions} from './json.js';
import {conditionalFunctions, hashFunctions, mathFunctions} from './math.js';
import {parseSignature, type FunctionEntry} from './signature.js';
import {stringFunctions} from './string.js';

const table = new Map(Object.entries({
	...stringFunctions, ...mathFunctions, ...conditionalFunctions, ...hashFunctions, ...dateTimeFunctions, ...arrayFunctions, ...jsonFunctions, ...aggregateFunctions, ...windowFunctions,
}));

const parsed = new Map<string, FunctionEntry & {readonly name: string}>();

/** The builtin of a name in upper case, by its canonical name; undefined when there is none. */
export function findBuiltin(name: string): (FunctionEntry & {readonly name: string}) | undefined {
	const known = parsed.get(name);
	if (known !== undefined) return known;
	const entry = table.get(name);
	if (entry === undefined) return undefined;
	if (typeof entry.texts === 'string') return findBuiltin(entry.texts);
	const result = {name, family: entry.family, signatures: entry.texts.map(text => parseSignature(text))};
	parsed.set(name, result);
	return result;
}

/** Names of all builtins, for tests and suggestions. */
export const builtinNames = (): readonly string[] => [...table.keys()];
