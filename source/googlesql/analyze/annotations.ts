// What the analyzer has found out, by node. A question about a node that was not visited is a bug and throws.
import type {Analysis, ExpandedColumn, FieldStep, Ordinal, OutputColumn, Reference, ResolvedFunction, SelectColumn, Source} from '../analysis.js';
import type {RoutineEntry} from '../catalog.js';
import type {Expression} from '../syntax/expression.js';
import type {Column, SqlType} from '../types.js';

class Notes<Value> {
	readonly #values = new Map<object, Value>();
	readonly #what: string;

	constructor(what: string) {
		this.#what = what;
	}

	set(node: object, value: Value): void {
		this.#values.set(node, value);
	}

	find(node: object): Value | undefined {
		return this.#values.get(node);
	}

	get(node: object): Value {
		const value = this.#values.get(node);
		if (value === undefined && !this.#values.has(node)) throw new Error(`The analyzer has no ${this.#what} for this ${(node as {readonly kind?: string}).kind ?? 'node'}.`);
		return value as Value;
	}
}

export type Using = ReturnType<Analysis['usingOf']>;
export type MergedWindow = ReturnType<Analysis['windowOf']>;

export class Annotations {
	readonly types = new Notes<SqlType>('type');
	readonly coercions = new Notes<SqlType>('coercion');
	readonly typeNodes = new Notes<SqlType>('type of a written type');
	readonly references = new Notes<Reference>('reference');
	readonly fields = new Notes<FieldStep>('field');
	readonly functions = new Notes<ResolvedFunction>('function');
	readonly sources = new Notes<Source>('source');
	readonly tableArguments = new Notes<boolean>('table argument');
	readonly columns = new Notes<readonly OutputColumn[]>('output columns');
	readonly valueTypes = new Notes<SqlType | undefined>('value type');
	readonly operandCoercions = new Notes<readonly (SqlType | undefined)[]>('operand coercions');
	readonly selectColumns = new Notes<readonly SelectColumn[]>('select columns');
	readonly stars = new Notes<readonly ExpandedColumn[]>('star');
	readonly aliases = new Notes<string | undefined>('alias');
	readonly groupings = new Notes<Ordinal>('grouping');
	readonly groupByAll = new Notes<readonly Expression[]>('GROUP BY ALL');
	readonly aggregated = new Notes<boolean>('aggregation');
	readonly orderings = new Notes<Ordinal>('ordering');
	readonly windows = new Notes<MergedWindow>('window');
	readonly usings = new Notes<Using>('USING');
	readonly insertColumns = new Notes<readonly Column[]>('insert columns');
	readonly insertCoercions = new Notes<readonly (SqlType | undefined)[]>('insert coercions');
	readonly procedures = new Notes<RoutineEntry>('procedure');

	/** The questions of `Analysis`, answered from here. */
	toAnalysis(variableTypeOf: Analysis['variableTypeOf']): Analysis {
		return {
			typeOf: node => this.types.get(node),
			coercionOf: node => this.coercions.find(node),
			typeOfNode: node => this.typeNodes.get(node),
			referenceOf: node => this.references.get(node),
			fieldOf: node => this.fields.get(node),
			functionOf: node => this.functions.get(node),
			sourceOf: node => this.sources.get(node),
			isTableArgument: node => this.tableArguments.get(node),
			columnsOf: node => this.columns.get(node),
			valueTypeOf: node => this.valueTypes.find(node),
			operandCoercionsOf: node => this.operandCoercions.get(node),
			selectColumnsOf: node => this.selectColumns.get(node),
			starOf: node => this.stars.get(node),
			aliasOf: node => this.aliases.find(node),
			groupingOf: node => this.groupings.get(node),
			groupByAllOf: node => this.groupByAll.get(node),
			isAggregated: node => this.aggregated.get(node),
			orderingOf: node => this.orderings.get(node),
			windowOf: node => this.windows.get(node),
			usingOf: node => this.usings.get(node),
			insertColumnsOf: node => this.insertColumns.get(node),
			insertCoercionsOf: node => this.insertCoercions.get(node),
			variableTypeOf,
			procedureOf: node => this.procedures.get(node),
		};
	}
}
