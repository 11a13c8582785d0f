// Default values of columns: BigQuery takes literals and a few functions, and checks the type when the default is declared.
import type {Argument, Expression} from '../syntax/expression.js';
import {typeText} from '../type-rules.js';
import type {Column} from '../types.js';
import {analyze, coerce, plainFrame} from './expression.js';
import {emptyScope} from './scope.js';
import type {Session} from './session.js';

const functions = ['CURRENT_DATE', 'CURRENT_DATETIME', 'CURRENT_TIME', 'CURRENT_TIMESTAMP', 'GENERATE_UUID', 'RAND', 'SESSION_USER', 'ST_GEOGPOINT'];

/**
 * Analyzes the default expression of a column, coerced to the column's type.
 * @throws GoogleSqlError when BigQuery would not take it as a default of this column.
 */
export function analyzeDefault(session: Session, expression: Expression, column: Column): void {
	const candidate = analyze(session, expression, plainFrame(emptyScope, 'DEFAULT expression'));
	if (!isAllowed(expression)) throw session.error(expression, `The default value of column ${column.name} must be a literal or one of ${functions.join(', ')}, or an ARRAY or STRUCT of them`);
	if (column.type.kind === 'array' && holdsNull(expression)) throw session.error(expression, `The default value of ARRAY column ${column.name} cannot be NULL or contain NULL elements`);
	if (column.isRequired === true && expression.kind === 'null') throw session.error(expression, `The default value of required column ${column.name} cannot be NULL`);
	coerce(session, expression, candidate, column.type, () => session.error(expression, `DEFAULT value has type ${typeText(candidate.type)} which cannot be assigned to column ${column.name}, which has type ${typeText(column.type)}`));
}

function isAllowed(expression: Argument): boolean {
	switch (expression.kind) {
		case 'null':
		case 'bool':
		case 'int':
		case 'float':
		case 'string':
		case 'bytes':
		case 'typed-literal':
		case 'interval': {
			return true;
		}

		case 'unary': {
			return expression.operator !== 'NOT' && (expression.operand.kind === 'int' || expression.operand.kind === 'float');
		}

		case 'array': {
			return expression.elements.every(element => isAllowed(element));
		}

		case 'struct': {
			return expression.fields.every(field => isAllowed(field.value));
		}

		case 'function-call': {
			const [name, ...more] = expression.function.parts;
			return more.length === 0 && !expression.isSafe && functions.includes(name!.name.toUpperCase()) && expression.arguments.every(argument => isAllowed(argument));
		}

		default: {
			return false;
		}
	}
}

function holdsNull(expression: Expression): boolean {
	return expression.kind === 'null' || (expression.kind === 'array' && expression.elements.some(element => element.kind === 'null'));
}
