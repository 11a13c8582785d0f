// Bodies of SQL functions: the result of a template for given argument types.
import type {RoutineEntry} from '../catalog.js';
import {anyType} from '../type-rules.js';
import type {SqlType} from '../types.js';
import {analyze} from './expression.js';
import {emptyScope} from './scope.js';
import {Session} from './session.js';

/** Type of a call of an ANY TYPE template: its body is analyzed with the types of the arguments. */
export function templateResult(session: Session, routine: RoutineEntry, types: readonly SqlType[]): SqlType {
	const {definition} = routine;
	if (definition?.statement.kind !== 'create-function' || definition.statement.body === undefined) return routine.returns ?? anyType;
	const inner = new Session({text: definition.text, catalog: session.options.catalog, project: session.options.project, ...(session.options.location === undefined ? {} : {location: session.options.location})});
	for (const [index, {name}] of routine.arguments.entries()) inner.arguments.set(name.toLowerCase(), {name, type: types[index]!});
	const isAggregate = routine.isAggregate === true;
	return analyze(inner, definition.statement.body, {scope: emptyScope, clause: 'function body', allowsAggregate: isAggregate, allowsAnalytic: false}).type;
}
