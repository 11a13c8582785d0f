// OVER: named windows merged in, partitions, orders and frames checked.
import type {FunctionCall} from '../syntax/expression.js';
import type {WindowSpecification} from '../syntax/query.js';
import {isGroupable, isOrderable, scalar, typeText} from '../type-rules.js';
import {analyze, coerce, type Frame} from './expression.js';
import type {Session} from './session.js';

const needsOrder = new Set(['RANK', 'DENSE_RANK', 'PERCENT_RANK', 'CUME_DIST', 'NTILE', 'LAG', 'LEAD']);
const refusesFrame = new Set(['ROW_NUMBER', 'RANK', 'DENSE_RANK', 'PERCENT_RANK', 'CUME_DIST', 'NTILE', 'LAG', 'LEAD', 'PERCENTILE_CONT', 'PERCENTILE_DISC']);
const refusesOrder = new Set(['PERCENTILE_CONT', 'PERCENTILE_DISC']);

/** Analyzes the window of a call. */
export function analyzeWindow(session: Session, call: FunctionCall, window: WindowSpecification, frame: Frame): void {
	const merged = mergeWindow(session, window, frame);
	session.windows.set(window, merged);
	const inner: Frame = {...frame, clause: 'window clause', allowsAnalytic: false};
	const name = session.functions.get(call)?.kind === 'builtin' ? call.function.parts[0]!.name.toUpperCase() : '';
	for (const expression of merged.partitionBy) {
		const {type} = analyze(session, expression, inner);
		if (!isGroupable(type) || (type.kind === 'scalar' && type.name === 'FLOAT64')) throw session.error(expression, `Partitioning by expressions of type ${typeText(type)} is not allowed`);
	}

	for (const item of merged.orderBy) {
		const {type} = analyze(session, item.expression, inner);
		session.ordinals.set(item, {kind: 'expression'});
		if (!isOrderable(type)) throw session.error(item, `Ordering by expressions of type ${typeText(type)} is not allowed`);
	}

	const shown = name.toLowerCase();
	const [firstKey] = merged.orderBy;
	// BigQuery points at ORDER BY itself, which stands before its first key.
	const atOrder = firstKey === undefined ? call : {span: {start: orderStart(session, firstKey.span.start)}};
	if (needsOrder.has(name) && firstKey === undefined) throw session.error(window, `Window ORDER BY is required for analytic function ${shown}`);
	if (refusesOrder.has(name) && firstKey !== undefined) throw session.error(atOrder, `Window ORDER BY is not allowed for analytic function ${shown}`);
	if (refusesFrame.has(name) && merged.frame !== undefined) throw session.error(merged.frame, `Window framing clause is not allowed for analytic function ${shown}`);
	if (call.isDistinct && firstKey !== undefined) throw session.error(atOrder, 'Window ORDER BY is not allowed if DISTINCT is specified');
	for (const bound of [merged.frame?.start, merged.frame?.end]) {
		if (bound?.kind !== 'preceding' && bound?.kind !== 'following') continue;
		const candidate = analyze(session, bound.offset, inner);
		const isRows = merged.frame?.unit === 'rows';
		if (!isRows && (merged.orderBy.length !== 1 || !isNumericOrder(session, merged.orderBy[0]!.expression))) {
			throw session.error(merged.frame!, 'A RANGE window with offset must have exactly one ORDER BY key of numeric type');
		}

		if (isRows) coerce(session, bound.offset, candidate, scalar('INT64'), () => session.error(bound.offset, `Window framing expression has type ${typeText(candidate.type)}, but must be INT64`));
	}
}

/** Where the words ORDER BY before a sort key start. */
function orderStart(session: Session, keyStart: number): number {
	const before = session.options.text.slice(0, keyStart);
	const start = before.search(/ORDER\s+BY\s*$/i);
	return start < 0 ? keyStart : start;
}

function isNumericOrder(session: Session, expression: object): boolean {
	const type = session.typeOf(expression);
	return type.kind === 'scalar' && ['INT64', 'FLOAT64', 'NUMERIC', 'BIGNUMERIC'].includes(type.name);
}

type Merged = Pick<WindowSpecification, 'partitionBy' | 'orderBy' | 'frame'>;

function mergeWindow(session: Session, window: WindowSpecification, frame: Frame): Merged {
	if (window.base === undefined) return window;
	const named = frame.windows?.get(window.base.name.toLowerCase());
	if (named === undefined) throw session.error(window.base, `Unrecognized window alias ${window.base.name}`);
	const base = mergeWindow(session, named.window, frame);
	if (window.partitionBy.length > 0) throw session.error(window, 'If a window has a PARTITION BY, it cannot reference a named window');
	if (window.orderBy.length > 0 && base.orderBy.length > 0) throw session.error(window, 'If a window has an ORDER BY, it cannot reference a named window that has an ORDER BY');
	if (base.frame !== undefined && (window.orderBy.length > 0 || window.frame !== undefined)) throw session.error(window, 'If a window has a framing clause or an ORDER BY, it cannot reference a named window that has a framing clause');
	return {
		partitionBy: window.partitionBy.length > 0 ? window.partitionBy : base.partitionBy,
		orderBy: window.orderBy.length > 0 ? window.orderBy : base.orderBy,
		frame: window.frame ?? base.frame,
	};
}
