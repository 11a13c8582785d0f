// PIVOT and UNPIVOT: the columns they make.
import type {Source} from '../analysis.js';
import type {Expression} from '../syntax/expression.js';
import type {Pivot, Unpivot} from '../syntax/query.js';
import {isEquivalent, scalar, typeText} from '../type-rules.js';
import type {Column} from '../types.js';
import {walk} from '../walk.js';
import {analyze, coerce, plainFrame, type Frame} from './expression.js';
import {makeSource, type Names} from './from.js';
import {emptyScope, sameName, within, type Scope} from './scope.js';
import type {Session} from './session.js';

/** Columns of a pivot: those that neither the input nor an aggregate uses, then one a value and aggregate. */
export function analyzePivot(session: Session, pivot: Pivot, names: Names, outer: Scope): Source {
	const frame: Frame = {scope: within(outer, names), clause: 'PIVOT', allowsAggregate: true, allowsAnalytic: false};
	const types = pivot.aggregates.map(({expression}) => analyze(session, expression, frame).type);
	for (const {expression} of pivot.aggregates) {
		if (expression.kind !== 'function-call' || session.functions.get(expression)?.family !== 'aggregate') throw session.error(expression, 'PIVOT expression must be an aggregate function call');
	}

	const input = analyze(session, pivot.input, plainFrame(within(outer, names), 'PIVOT'));
	const used = new Set<string>();
	for (const node of [pivot.input, ...pivot.aggregates]) {
		walk(node, child => {
			const reference = child.kind === 'path-expression' ? session.references.get(child) : undefined;
			if (reference?.kind === 'column') used.add(reference.column.toLowerCase());
			if (reference?.kind === 'row' && reference.fields[0] !== undefined) used.add(reference.fields[0].name.toLowerCase());
		});
	}

	const columns: Column[] = names.columns.filter(({name}) => !used.has(name.toLowerCase())).map(({name, reference}) => ({name, type: reference.type}));
	for (const value of pivot.values) {
		const candidate = analyze(session, value.expression, plainFrame(outer, 'PIVOT IN clause'));
		coerce(session, value.expression, candidate, input.type, () => session.error(value, `PIVOT IN list item must be type ${typeText(input.type)} to match the PIVOT FOR expression; found ${typeText(candidate.type)}`));
		const valueName = value.alias?.name ?? literalName(value.expression);
		if (valueName === undefined) throw session.error(value, 'Generating an implicit alias for this PIVOT value is not supported; please provide an explicit alias');
		for (const [index, aggregate] of pivot.aggregates.entries()) {
			if (pivot.aggregates.length > 1 && aggregate.alias === undefined) throw session.error(aggregate, 'If more than one pivot expression is specified, all pivot expressions must have an alias');
			columns.push({name: aggregate.alias === undefined ? valueName : `${aggregate.alias.name}_${valueName}`, type: types[index]!});
		}
	}

	return makeSource(pivot.alias?.name, {kind: 'pivot', item: pivot}, columns);
}

/** Undefined for what is no literal. */
function literalName(expression: Expression): string | undefined {
	switch (expression.kind) {
		case 'string': {
			return expression.value;
		}

		case 'int': {
			return `_${expression.value}`;
		}

		case 'bool': {
			return String(expression.value);
		}

		case 'null': {
			return 'NULL';
		}

		case 'typed-literal': {
			return `_${expression.value.replaceAll(/\W/g, '_')}`;
		}

		default: {
			return undefined;
		}
	}
}

/** Columns of an unpivot: those it does not take, then its values and the name column. */
export function analyzeUnpivot(session: Session, unpivot: Unpivot, names: Names): Source {
	const taken = new Set<string>();
	const typeOf = (column: {readonly name: string; readonly span: {readonly start: number}}) => {
		const found = names.columns.find(({name}) => sameName(name, column.name));
		if (found === undefined) throw session.error(column, `Column not found in UNPIVOT: ${column.name}`);
		taken.add(column.name.toLowerCase());
		return found.reference.type;
	};

	const groups = unpivot.inputs.map(input => {
		if (input.columns.length !== unpivot.values.length) throw session.error(input, 'The number of new columns introduced as value columns must be the same as the number of columns in the column groups of UNPIVOT IN clause');
		return input.columns.map(column => typeOf(column));
	});
	const values = unpivot.values.map(({name, span}, index) => {
		const type = groups[0]![index]!;
		const other = groups.findIndex(group => !isEquivalent(group[index]!, type));
		if (other >= 0) throw session.error(unpivot.inputs[other]?.columns[index] ?? {span}, `The datatype of column does not match with other datatypes in the IN clause. Expected ${typeText(type)}, Found ${typeText(groups[other]![index]!)}`);
		return {name, type};
	});
	const labels = unpivot.inputs.flatMap(({label}) => (label === undefined ? [] : [analyze(session, label, plainFrame(emptyScope, 'UNPIVOT')).type]));
	const rest = names.columns.filter(({name}) => !taken.has(name.toLowerCase())).map(({name, reference}) => ({name, type: reference.type}));
	return makeSource(unpivot.alias?.name, {kind: 'unpivot', item: unpivot}, [...rest, ...values, {name: unpivot.name.name, type: labels[0] ?? scalar('STRING')}]);
}

