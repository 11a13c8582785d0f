// GROUP BY with ROLLUP, CUBE and GROUPING SETS.
import type {Expression, GroupBy, GroupingItem, GroupingSet, Select} from '../../googlesql/index.js';
import type {Emission} from './context.js';
import {emitExpression} from './expression.js';
import {selectOutputs} from './query.js';

/** The GROUP BY clause; positions and aliases become the expressions they stand for. */
export function emitGroupBy(select: Select, groupBy: GroupBy, emission: Emission): string {
	if (groupBy.isAll) {
		const keys = emission.analysis.groupByAllOf(groupBy).map(expression => key(expression, emission));
		return keys.length === 0 ? '' : `GROUP BY ${keys.join(', ')}`;
	}

	return `GROUP BY ${groupBy.items.map(item => emitItem(select, item, emission)).join(', ')}`;
}

function key(expression: Expression, emission: Emission): string {
	const text = emitExpression(expression, emission);
	// DuckDB reads a bare constant as a position.
	return expression.kind === 'string' ? `(${text} || '')` : text;
}

function emitItem(select: Select, item: GroupingItem, emission: Emission): string {
	switch (item.kind) {
		case 'grouping-expression': {
			const ordinal = emission.analysis.groupingOf(item);
			return ordinal.kind === 'expression' ? key(item.expression, emission) : selectOutputs(select, emission)[ordinal.index]!.text;
		}

		case 'grouping-empty': {
			return '()';
		}

		case 'grouping-sets': {
			return `GROUPING SETS (${item.members.map(member => emitSet(member, emission)).join(', ')})`;
		}

		default: {
			return emitSet(item, emission);
		}
	}
}

function emitSet(set: GroupingSet, emission: Emission): string {
	if (set.kind === 'grouping-set') {
		return `(${set.expressions.map(expression => key(expression, emission)).join(', ')})`;
	}

	const sets = set.sets.map(expressions => `(${expressions.map(expression => key(expression, emission)).join(', ')})`);
	return `${set.kind === 'grouping-rollup' ? 'ROLLUP' : 'CUBE'} (${sets.join(', ')})`;
}
