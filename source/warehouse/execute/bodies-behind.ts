// What a statement really runs: itself, and every view and function that it reaches.
import type {Expression, Query, Statement, StatementAnalysis} from '../../googlesql/index.js';
import type {JobSession} from './session.js';

export type Body = {
	readonly node: Statement | Query | Expression;
	readonly analysis: StatementAnalysis;
};

/**
 * The body given and those of the views and functions behind it, each once, the nearest first. Procedures are not among them: what they
 * run, they run as statements of their own.
 */
export function * bodiesBehind(session: JobSession, body: Body, seen = new Set<string>()): Generator<Body> {
	yield body;
	for (const entry of body.analysis.referencedTables) {
		const key = `view:${entry.path.join('.')}`;
		if (entry.kind === 'view' && !seen.has(key)) {
			seen.add(key);
			const view = session.engine.bodies.view(entry);
			yield * bodiesBehind(session, {node: view.query, analysis: view.analysis}, seen);
		}
	}

	for (const routine of body.analysis.referencedRoutines) {
		const key = `${routine.kind}:${routine.path.join('.')}`;
		if (routine.kind !== 'procedure' && !seen.has(key)) {
			seen.add(key);
			const {statement, analysis} = session.functions.analysisOf(routine) ?? session.engine.bodies.analysisOf(routine);
			yield * bodiesBehind(session, {node: statement, analysis}, seen);
		}
	}
}
