// Expressions with rules of their own: subscripts, parameters, IN, LIKE, CASE, CAST, EXTRACT, arrays, structs.
import type {Expression} from '../syntax/expression.js';
import {anyType, arrayOf, canCast, costOf, isEqualable, isEquivalent, scalar, supertypeOf, typeText, type Candidate, type Literalness} from '../type-rules.js';
import type {SqlType} from '../types.js';
import {analyze, coerce, resolveType, type Frame} from './expression.js';
import {resolveComparison} from './operator.js';
import {analyzeQuery} from './query.js';
import type {Session} from './session.js';

const plain = (type: SqlType, literalness: Literalness = 'none'): Candidate => ({type, literalness});

type Of<K extends Expression['kind']> = Extract<Expression, {kind: K}>;

export function subscript(session: Session, expression: Of<'subscript'>, frame: Frame): Candidate {
	const object = analyze(session, expression.object, frame);
	const index = analyze(session, expression.index, frame);
	if (object.type.kind === 'scalar' && object.type.name === 'JSON' && expression.accessor === 'plain') {
		if (index.type.kind !== 'scalar' || (index.type.name !== 'INT64' && index.type.name !== 'STRING')) throw session.error(expression.index, `Subscript access using [INT64] or [STRING] is not supported on values of type JSON with ${typeText(index.type)}`);
		return plain(scalar('JSON'));
	}

	if (object.type.kind === 'any') return plain(anyType);
	if (object.type.kind !== 'array') throw session.error(expression, `Subscript access using [${typeText(index.type)}] is not supported on values of type ${typeText(object.type)}`);
	coerce(session, expression.index, index, scalar('INT64'), () => session.error(expression.index, `Array position in [] must be coercible to INT64 type, but has type ${typeText(index.type)}`));
	return plain(object.type.element);
}

export function parameter(session: Session, expression: Of<'parameter'>): Candidate {
	const {named, positional} = session.options.parameters ?? {named: new Map<string, SqlType>(), positional: []};
	const {name, position} = expression;
	const type = name === undefined ? positional[position ?? 0] : (named.get(name) ?? [...named].find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1]);
	if (type !== undefined) return plain(type, type.kind === 'scalar' && type.name === 'STRING' ? 'parameter' : 'none');
	throw session.error(expression, name === undefined ? `Query parameter number ${(position ?? 0) + 1} is not defined` : `Query parameter '${name}' not found`);
}

const systemVariables: Readonly<Record<string, 'STRING' | 'INT64' | 'TIMESTAMP' | 'BOOL'>> = {
	'error.message': 'STRING', 'error.statement_text': 'STRING', 'error.formatted_stack_trace': 'STRING', row_count: 'INT64', project_id: 'STRING', dataset_id: 'STRING',
	dataset_project_id: 'STRING', time_zone: 'STRING', query_label: 'STRING', location: 'STRING', 'script.job_id': 'STRING', 'script.bytes_processed': 'INT64',
	'script.bytes_billed': 'INT64', 'script.slot_ms': 'INT64', 'script.num_child_jobs': 'INT64', 'script.creation_time': 'TIMESTAMP', last_job_id: 'STRING', session_id: 'STRING',
	transaction_id: 'STRING', current_job_id: 'STRING',
};

/** Type of a system variable; undefined when there is none of that name. */
export function systemVariableType(names: readonly string[]): SqlType | undefined {
	const type = systemVariables[names.join('.').toLowerCase()];
	return type === undefined ? undefined : scalar(type);
}

export function systemVariable(session: Session, expression: Of<'system-variable'>): Candidate {
	if (expression.names.join('.').toLowerCase() === 'error.stack_trace') {
		return plain(arrayOf({kind: 'struct', fields: [{name: 'line', type: scalar('INT64')}, {name: 'column', type: scalar('INT64')}, {name: 'filename', type: scalar('STRING')}, {name: 'location', type: scalar('STRING')}]}));
	}

	const type = systemVariableType(expression.names);
	if (type === undefined) throw session.error(expression, `Unrecognized name: @@${expression.names.join('.')}`);
	return plain(type);
}

export function inQuery(session: Session, expression: Of<'in-query'>, frame: Frame): void {
	const operand = analyze(session, expression.operand, frame);
	const {columns, valueType} = analyzeQuery(session, expression.query, frame.scope);
	if (columns.length !== 1 && valueType === undefined) throw session.error(expression.query, `Subquery of type IN must have only one output column`);
	const right = valueType ?? columns[0]!.type;
	// The operand is taken by its type alone: what a literal may become beyond that is not asked.
	const common = supertypeOf([plain(operand.type), plain(right)]);
	if (common === undefined || !isEqualable(common)) throw session.error(expression, `Cannot execute IN subquery with uncomparable types ${typeText(operand.type)} and ${typeText(right)}`);
	coerce(session, expression.operand, operand, common, () => session.error(expression, `Cannot execute IN subquery with uncomparable types ${typeText(operand.type)} and ${typeText(right)}`));
}

export function inUnnest(session: Session, expression: Of<'in-unnest'>, frame: Frame): void {
	const operand = analyze(session, expression.operand, frame);
	const array = analyze(session, expression.array, frame);
	if (array.type.kind === 'any' || array.literalness === 'null' || array.literalness === 'empty-array') return;
	if (array.type.kind !== 'array') throw session.error(expression.array, 'Second argument of IN UNNEST must be an array but was ' + typeText(array.type));
	const {element} = array.type;
	const common = costOf(operand, element) === undefined ? supertypeOf([operand, {type: element, literalness: array.literalness}]) : element;
	const refuse = () => session.error(expression, `No matching signature for operator IN UNNEST for argument types: ${typeText(operand.type)}, ${typeText(array.type)}`);
	if (common === undefined) throw refuse();
	coerce(session, expression.operand, operand, common, refuse);
	if (!isEquivalent(array.type.element, common)) session.coercions.set(expression.array, arrayOf(common));
}

/** Only the plain LIKE refuses a NULL that stands there as such: among the patterns of LIKE ANY it is one more. */
export function likeOperands(session: Session, expression: Of<'like' | 'quantified-like'>, operands: readonly Expression[], frame: Frame): void {
	const candidates = operands.map(operand => analyze(session, operand, frame));
	for (const operand of operands) if (expression.kind === 'like' && operand.kind === 'null') throw session.error(operand, 'Operands of LIKE cannot be literal NULL');
	const isBytes = candidates.some(({type}) => type.kind === 'scalar' && type.name === 'BYTES');
	for (const [index, candidate] of candidates.entries()) {
		coerce(session, operands[index]!, candidate, scalar(isBytes ? 'BYTES' : 'STRING'), () => session.error(expression, `No matching signature for operator LIKE for argument types: ${candidates.map(({type}) => typeText(type)).join(', ')}. Supported signatures: STRING LIKE STRING; BYTES LIKE BYTES`));
	}
}

export function caseExpression(session: Session, expression: Of<'case'>, frame: Frame): Candidate {
	if (expression.operand === undefined) {
		for (const {when} of expression.branches) {
			const candidate = analyze(session, when, frame);
			coerce(session, when, candidate, scalar('BOOL'), () => session.error(when, `No matching signature for operator CASE; all WHEN argument types must be BOOL but found: ${typeText(candidate.type)}`));
		}
	} else {
		resolveComparison(session, expression, 'CASE', [expression.operand, ...expression.branches.map(({when}) => when)], frame);
	}

	const results = [...expression.branches.map(({then}) => then), ...(expression.otherwise === undefined ? [] : [expression.otherwise])];
	return unify(session, results, frame, types => session.error(expression, `No matching signature for operator CASE; all THEN/ELSE arguments must be coercible to a common type but found: ${types}`));
}

/** Analyzes values that must share a type and coerces each to it. */
export function unify(session: Session, values: readonly Expression[], frame: Frame, refuse: (types: string) => Error): Candidate {
	const candidates = values.map(value => analyze(session, value, frame));
	const common = supertypeOf(candidates);
	const failure = () => refuse([...new Set(candidates.map(({type}) => typeText(type)))].join(', '));
	if (common === undefined) throw failure();
	for (const [index, value] of values.entries()) coerce(session, value, candidates[index]!, common, failure);
	return plain(common);
}

export function cast(session: Session, expression: Of<'cast'>, frame: Frame): Candidate {
	const operand = analyze(session, expression.operand, frame);
	const target = resolveType(session, expression.type);
	for (const extra of [expression.format, expression.timeZone]) {
		if (extra !== undefined) {
			const candidate = analyze(session, extra, frame);
			coerce(session, extra, candidate, scalar('STRING'), () => session.error(extra, `CAST FORMAT must be a STRING, but has type ${typeText(candidate.type)}`));
		}
	}

	const isFormatted = expression.format !== undefined && target.kind === 'scalar' && (target.name === 'STRING' || target.name === 'BYTES' || operand.type.kind === 'scalar');
	if (operand.literalness !== 'null' && operand.literalness !== 'empty-array' && !isFormatted && !canCast(operand.type, target)) {
		throw session.error(expression.operand, `Invalid cast from ${typeText(operand.type)} to ${typeText(target)}`);
	}

	if (operand.literalness === 'null' || operand.literalness === 'empty-array') session.types.set(expression.operand, target);
	return plain(target);
}

const dateParts = new Set(['YEAR', 'QUARTER', 'MONTH', 'WEEK', 'ISOWEEK', 'ISOYEAR', 'DAY', 'DAYOFWEEK', 'DAYOFYEAR']);
const timeParts = new Set(['HOUR', 'MINUTE', 'SECOND', 'MILLISECOND', 'MICROSECOND']);

export function extract(session: Session, expression: Of<'extract'>, frame: Frame): Candidate {
	const {type} = analyze(session, expression.source, frame);
	if (expression.timeZone !== undefined) {
		const zone = analyze(session, expression.timeZone, frame);
		coerce(session, expression.timeZone, zone, scalar('STRING'), () => session.error(expression.timeZone!, `EXTRACT's AT TIME ZONE must be a STRING`));
	}

	const {part} = expression.part;
	const name = type.kind === 'scalar' ? type.name : 'ARRAY';
	if ((part === 'DATE' || part === 'TIME' || part === 'DATETIME') && (name === 'TIMESTAMP' || name === 'DATETIME')) return plain(scalar(part));
	if (!dateParts.has(part) && !timeParts.has(part)) throw session.error(expression.part, `A valid date part name is required but found ${part}`);
	const fits = type.kind === 'any' || name === 'TIMESTAMP' || name === 'DATETIME' || (name === 'DATE' && dateParts.has(part)) || (name === 'TIME' && timeParts.has(part)) || name === 'INTERVAL';
	if (!fits) {
		const isDateOrTime = name === 'DATE' || name === 'TIME';
		throw session.error(expression, isDateOrTime ? `EXTRACT from ${name} does not support the ${part} date part` : `EXTRACT does not support arguments of type: ${typeText(type)}`);
	}

	if (expression.timeZone !== undefined && name !== 'TIMESTAMP' && type.kind !== 'any') throw session.error(expression, `EXTRACT from ${name} does not support AT TIME ZONE`);
	return plain(scalar('INT64'));
}

export function arrayLiteral(session: Session, expression: Of<'array'>, frame: Frame): Candidate {
	const candidates = expression.elements.map(element => analyze(session, element, frame));
	const declared = expression.elementType === undefined ? undefined : resolveType(session, expression.elementType);
	if (declared === undefined && candidates.length === 0) return plain(arrayOf(scalar('INT64')), 'empty-array');
	const common = declared ?? supertypeOf(candidates);
	if (common === undefined) throw session.error(expression, `Array elements of types {${[...new Set(candidates.map(({type}) => typeText(type)))].join(', ')}} do not have a common supertype`);
	if (common.kind === 'array') throw session.error(expression, `Cannot construct array with element type ${typeText(common)} because nested arrays are not supported`);
	for (const [index, element] of expression.elements.entries()) {
		const candidate = candidates[index]!;
		coerce(session, element, candidate, common, () => session.error(element, `Array element type ${typeText(candidate.type)} does not coerce to ${typeText(common)}`));
	}

	const isLiteral = declared === undefined && candidates.every(({literalness}) => literalness !== 'none');
	return plain(arrayOf(common), isLiteral ? 'literal' : 'none');
}

export function structLiteral(session: Session, expression: Of<'struct'>, frame: Frame): Candidate {
	const candidates = expression.fields.map(({value}) => analyze(session, value, frame));
	if (expression.type !== undefined) {
		const type = resolveType(session, expression.type);
		if (type.kind !== 'struct' || type.fields.length !== candidates.length) throw session.error(expression, `STRUCT type has ${type.kind === 'struct' ? type.fields.length : 0} fields but constructor call has ${candidates.length} fields`);
		for (const [index, {value}] of expression.fields.entries()) {
			const target = type.fields[index]!.type;
			const candidate = candidates[index]!;
			coerce(session, value, candidate, target, () => session.error(value, `Struct field ${index + 1} has type ${typeText(candidate.type)} which does not coerce to ${typeText(target)}`));
		}

		return plain(type);
	}

	const fields = expression.fields.map(({value, alias}, index) => {
		const implied = !expression.isTuple && value.kind === 'path-expression' ? value.names.at(-1)!.name : !expression.isTuple && value.kind === 'field-access' ? value.field.name : undefined;
		return {name: alias?.name ?? implied, type: candidates[index]!.type};
	});
	const isLiteral = candidates.every(({literalness}) => literalness !== 'none');
	return {type: {kind: 'struct', fields}, literalness: isLiteral ? 'literal' : 'none', fields: candidates};
}
