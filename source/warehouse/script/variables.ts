// Variables of one block, linked to those of the blocks around it. Names compare without regard to case.
import type {TypedCell} from './runtime.js';

type Variable = {readonly name: string; value: TypedCell};

export class VariableScope {
	readonly #own = new Map<string, Variable>();
	readonly #outer: VariableScope | undefined;

	constructor(outer?: VariableScope) {
		this.#outer = outer;
	}

	/** False when this very block has a variable of that name. */
	declare(name: string, value: TypedCell): boolean {
		const key = name.toLowerCase();
		if (this.#own.has(key)) {
			return false;
		}

		this.#own.set(key, {name, value});
		return true;
	}

	find(name: string): TypedCell | undefined {
		return this.#find(name.toLowerCase())?.value;
	}

	/** False when no block has a variable of that name. */
	assign(name: string, value: TypedCell): boolean {
		const variable = this.#find(name.toLowerCase());
		if (variable === undefined) {
			return false;
		}

		variable.value = value;
		return true;
	}

	/** All that can be seen, by name as declared; the innermost wins. */
	visible(): ReadonlyMap<string, TypedCell> {
		const visible = new Map<string, TypedCell>();
		const spelling = new Map<string, string>();
		for (const scope of this.#chain()) {
			for (const [key, {name, value}] of scope.#own) {
				const shadowed = spelling.get(key);
				if (shadowed !== undefined) {
					visible.delete(shadowed);
				}

				spelling.set(key, name);
				visible.set(name, value);
			}
		}

		return visible;
	}

	#find(key: string): Variable | undefined {
		const own = this.#own.get(key);
		if (own !== undefined || this.#outer === undefined) {
			return own;
		}

		return this.#outer.#find(key);
	}

	/** Outermost first. */
	#chain(): readonly VariableScope[] {
		return this.#outer === undefined ? [this] : [...this.#outer.#chain(), this];
	}
}
