// OVER clauses.
import type {FrameBound, WindowFrame, WindowSpecification} from '../../googlesql/index.js';
import type {Emission} from './context.js';
import {emitExpression} from './expression.js';
import {emitOrderKey, emitSortKey, orderText} from './query.js';

/** ` OVER (...)` with named windows merged in. */
export function emitOver(window: WindowSpecification, emission: Emission): string {
	const {partitionBy, orderBy, frame} = emission.analysis.windowOf(window);
	const parts: string[] = [];
	if (partitionBy.length > 0) {
		parts.push(`PARTITION BY ${partitionBy.map(key => emitExpression(key, emission)).join(', ')}`);
	}

	if (orderBy.length > 0) {
		parts.push(`ORDER BY ${orderBy.map(item => (isNumericRange(frame) ? orderText(emitSortKey(item.expression, emission), item) : emitOrderKey(item, emission))).join(', ')}`);
	}

	if (frame !== undefined) {
		const end = frame.end === undefined ? 'CURRENT ROW' : emitBound(frame.end, emission);
		parts.push(`${frame.unit.toUpperCase()} BETWEEN ${emitBound(frame.start, emission)} AND ${end}`);
	}

	return ` OVER (${parts.join(' ')})`;
}

/** RANGE with a distance has one key, which is a number. */
function isNumericRange(frame: WindowFrame | undefined): boolean {
	return frame?.unit === 'range' && [frame.start, frame.end].some(bound => bound?.kind === 'preceding' || bound?.kind === 'following');
}

function emitBound(bound: FrameBound, emission: Emission): string {
	switch (bound.kind) {
		case 'preceding':
		case 'following': {
			return `${emitExpression(bound.offset, emission)} ${bound.kind.toUpperCase()}`;
		}

		default: {
			return bound.kind.replace('-', ' ').toUpperCase();
		}
	}
}
