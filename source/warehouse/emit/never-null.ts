import type {Argument, Expression} from '../../googlesql/index.js';

/** Whether an expression is certain to have a value; false where that takes more than a look at its shape. */
export function isNeverNull(expression: Expression): boolean {
	const known = (part: Argument | undefined): boolean => part !== undefined && part.kind !== 'named-argument' && part.kind !== 'lambda' && part.kind !== 'date-part' && isNeverNull(part);
	switch (expression.kind) {
		case 'int':
		case 'float':
		case 'string':
		case 'bool':
		case 'typed-literal': {
			return true;
		}

		case 'binary': {
			return expression.operator !== '/' && known(expression.left) && known(expression.right);
		}

		case 'cast': {
			return !expression.isSafe && known(expression.operand);
		}

		case 'function-call': {
			if (expression.function.parts.length !== 1 || expression.isSafe || expression.over !== undefined) {
				return false;
			}

			switch (expression.function.parts[0]!.name.toUpperCase()) {
				case 'IFNULL':
				case 'COALESCE': {
					return known(expression.arguments.at(-1));
				}

				case 'IF': {
					return known(expression.arguments[1]) && known(expression.arguments[2]);
				}

				case 'GREATEST':
				case 'LEAST': {
					return expression.arguments.every(argument => known(argument));
				}

				case 'COUNT':
				case 'COUNTIF':
				case 'RAND': {
					return true;
				}

				default: {
					return false;
				}
			}
		}

		default: {
			return false;
		}
	}
}
