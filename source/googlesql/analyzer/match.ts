// Which signature of a function the arguments fit, at the least cost of coercion.
import {fill, type Pattern, type ParameterPattern, type Signature} from '../functions/signature.js';
import {costOf, supertypeOf, type Candidate} from '../type-rules.js';
import type {SqlType} from '../types.js';

/** An argument as the matcher sees it; a date part has no candidate. */
export type MatchArgument = {readonly name: string | undefined; readonly candidate: Candidate | undefined};

export type Match = {readonly targets: readonly (SqlType | undefined)[]; readonly result: SqlType; readonly cost: number};

/** The cheapest match, the first among equals; undefined when none fits. */
export function matchSignatures(signatures: readonly Signature[], values: readonly MatchArgument[], isLoose: boolean): Match | undefined {
	let best: Match | undefined;
	for (const signature of signatures) {
		const match = matchOne(signature, values, isLoose);
		if (match !== undefined && (best === undefined || match.cost < best.cost)) best = match;
	}

	return best;
}

/** Whether any signature takes this number of arguments. */
export function fitsCount(signatures: readonly Signature[], values: readonly MatchArgument[]): boolean {
	return signatures.some(signature => assign(signature, values) !== undefined);
}

/** Parameter of each argument; undefined when the count or a name does not fit. */
function assign(signature: Signature, values: readonly MatchArgument[]): readonly ParameterPattern[] | undefined {
	const positional = signature.parameters.filter(({name}) => name === undefined || !values.some(value => value.name?.toLowerCase() === name.toLowerCase()));
	const result: ParameterPattern[] = [];
	let next = 0;
	for (const value of values) {
		if (value.name !== undefined) {
			const named = signature.parameters.find(({name}) => name?.toLowerCase() === value.name?.toLowerCase());
			if (named === undefined) return undefined;
			result.push(named);
			continue;
		}

		const parameter = positional[next];
		if (parameter === undefined) return undefined;
		result.push(parameter);
		if (parameter.mode !== 'repeated') next++;
	}

	const missing = positional.slice(next).some(({mode}) => mode === 'required');
	return missing ? undefined : result;
}

function matchOne(signature: Signature, values: readonly MatchArgument[], isLoose: boolean): Match | undefined {
	const parameters = assign(signature, values);
	if (parameters === undefined) return undefined;
	const bindings = new Map<string, SqlType>();
	if (!isLoose) {
		for (const name of ['T', 'U']) {
			const members = values.flatMap(({candidate}, index) => (candidate === undefined ? [] : templateMembers(parameters[index]!.pattern, name, candidate)));
			if (members.length === 0) continue;
			const type = supertypeOf(members);
			if (type === undefined) return undefined;
			bindings.set(name, type);
		}
	}

	let cost = 0;
	const targets: (SqlType | undefined)[] = [];
	for (const [index, {candidate}] of values.entries()) {
		const {pattern} = parameters[index]!;
		if ((pattern.kind === 'part') !== (candidate === undefined)) return undefined;
		if (candidate === undefined) {
			targets.push(undefined);
			continue;
		}

		const target = isLoose && pattern.kind === 'template' ? candidate.type : fill(pattern, bindings);
		const step = costOf(candidate, target);
		if (step === undefined) return undefined;
		cost += step;
		targets.push(target);
	}

	return {targets, result: fill(signature.result, bindings), cost};
}

function templateMembers(pattern: Pattern, name: string, candidate: Candidate): readonly Candidate[] {
	if (pattern.kind === 'template') return pattern.name === name ? [candidate] : [];
	if (pattern.kind !== 'array' || candidate.literalness === 'null' || candidate.literalness === 'empty-array') return [];
	return candidate.type.kind === 'array' ? templateMembers(pattern.element, name, {type: candidate.type.element, literalness: candidate.literalness === 'literal' ? 'literal' : 'none'}) : [];
}
