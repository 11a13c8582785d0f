// OPTIONS(...), PARTITION BY and CLUSTER BY as the catalog keeps them.
import {walk, type DatePart, type Expression, type FunctionCall, type OptionEntry, type PathExpression} from '../../googlesql/index.js';
import type {StoredTable} from '../catalog/records.js';
import {SqlError, type Cell} from '../contract.js';
import type {TypedCell} from '../script/runtime.js';

type Evaluate = (expression: Expression) => Promise<TypedCell>;

export type TableOptions = {
	readonly description?: string | undefined;
	readonly labels?: Readonly<Record<string, string>> | undefined;
	readonly expiresMs?: number | undefined;
	readonly partitionExpirationMs?: number | undefined;
	readonly location?: string | undefined;
	readonly defaultTableExpirationMs?: number | undefined;
};

const dayMs = 86_400_000;

const labelsOf = (value: Cell): Readonly<Record<string, string>> => Object.fromEntries(((value ?? []) as readonly (readonly [string, string])[]).map(([key, text]) => [key, text]));

/** Options that were written; an option set to NULL is there with the value undefined. */
export const readOptions = async (options: readonly OptionEntry[], evaluate: Evaluate): Promise<TableOptions> => {
	let read: TableOptions = {};
	for (const {name, value: expression} of options) {
		const {value} = await evaluate(expression);
		switch (name.name.toLowerCase()) {
			case 'description': {
				read = {...read, description: value === null ? undefined : String(value)};
				break;
			}

			case 'labels': {
				read = {...read, labels: labelsOf(value)};
				break;
			}

			case 'expiration_timestamp': {
				read = {...read, expiresMs: value === null ? undefined : Number(BigInt(value as string) / 1000n)};
				break;
			}

			case 'partition_expiration_days': {
				read = {...read, partitionExpirationMs: value === null ? undefined : Number(value) * dayMs};
				break;
			}

			case 'default_table_expiration_days': {
				read = {...read, defaultTableExpirationMs: value === null ? undefined : Number(value) * dayMs};
				break;
			}

			case 'location': {
				read = {...read, location: value === null ? undefined : String(value)};
				break;
			}

			default: {
				// friendly_name, require_partition_filter and their kin change nothing that can be seen here.
				break;
			}
		}
	}

	return read;
};

/** Only what was given, for spreading over a record. */
export const definedOnly = <Value extends object>(value: Value): {readonly [Key in keyof Value]: Exclude<Value[Key], undefined>} =>
	Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as {readonly [Key in keyof Value]: Exclude<Value[Key], undefined>};

/** PARTITION BY column, DATE(column), TIMESTAMP_TRUNC(column, HOUR) ... */
export const readPartitioning = (expression: Expression | undefined, expirationMs: number | undefined): StoredTable['partitioning'] => {
	if (expression === undefined) {
		return undefined;
	}

	let column: string | undefined;
	let part = 'DAY';
	let isRange = false;
	walk(expression, node => {
		if (node.kind === 'path-expression') {
			column ??= (node as PathExpression).names.at(-1)?.name;
		} else if (node.kind === 'date-part') {
			({part} = node as DatePart);
		} else if (node.kind === 'function-call' && (node as FunctionCall).function.parts[0]?.name.toUpperCase() === 'RANGE_BUCKET') {
			isRange = true;
		}
	});
	if (column === undefined || isRange || !['DAY', 'HOUR', 'MONTH', 'YEAR'].includes(part)) {
		throw new SqlError({reason: 'invalidQuery', message: 'PARTITION BY expression must be DATE(<timestamp_column>), a DATE column, or a TRUNC of one; integer ranges are not supported by the embedded warehouse'});
	}

	return {column, type: part as 'DAY' | 'HOUR' | 'MONTH' | 'YEAR', ...(expirationMs === undefined ? {} : {expirationMs})};
};
