// Verdicts on whole scripts: every statement, in order, against a catalog that grows with each CREATE.
// CREATE PROCEDURE alone checks only the syntax of a body. So bodies are walked here: variables stand in the catalog as
// constants (a column wins over them, as in BigQuery), temp tables as tables.
import {readFileSync} from 'node:fs';

/** The innermost value under a key, looked for from the outside in; resolved nodes nest their inherited fields in `parent`. */
const findKey = (node, key) => {
	const queue = [node];
	while (queue.length > 0) {
		const next = queue.shift();
		if (next === null || typeof next !== 'object') {
			continue;
		}

		if (!Array.isArray(next) && Object.hasOwn(next, key)) {
			return next[key];
		}

		queue.push(...Object.values(next));
	}

	return undefined;
};

/** The one node inside the protocol's nested `oneof` wrappers, and its name. */
const unwrap = wrapper => {
	let name = '';
	let node = wrapper;
	for (;;) {
		const keys = Object.keys(node).filter(key => key.endsWith('_node') && key !== 'statement_list_node');
		if (keys.length !== 1 || Object.keys(node).length !== 1) {
			return {name, node};
		}

		[name] = keys;
		node = node[name];
	}
};

const rangeOf = node => {
	for (let inner = node; inner !== undefined; inner = inner.parent) {
		if (inner.parse_location_range !== undefined) {
			return inner.parse_location_range;
		}
	}

	return findKey(node, 'parse_location_range');
};

const systemVariables = [
	['error.message', 'STRING'], ['error.statement_text', 'STRING'], ['error.formatted_stack_trace', 'STRING'],
	['row_count', 'INT64'], ['project_id', 'STRING'], ['dataset_id', 'STRING'], ['dataset_project_id', 'STRING'],
	['time_zone', 'STRING'], ['query_label', 'STRING'], ['location', 'STRING'], ['script.job_id', 'STRING'],
	['script.bytes_processed', 'INT64'], ['script.bytes_billed', 'INT64'], ['script.slot_ms', 'INT64'],
	['script.num_child_jobs', 'INT64'], ['script.creation_time', 'TIMESTAMP'], ['transaction_id', 'STRING'],
].map(([path, type]) => ({name_path: path.split('.'), type: {type_kind: `TYPE_${type}`}}));

const experimental = feature => feature.includes('EXPERIMENTAL') || feature.includes('ANONYMIZATION') || feature.includes('NANOS');

/** The language as BigQuery has it. */
export const languageOptions = async analyzer => {
	const all = await analyzer.call('GetLanguageOptions', {maximum_features: true});
	return {
		name_resolution_mode: 'NAME_RESOLUTION_DEFAULT',
		product_mode: 'PRODUCT_EXTERNAL',
		enabled_language_features: all.enabled_language_features.filter(feature => !experimental(feature)),
		reserved_keywords: ['QUALIFY'],
	};
};

const pathText = path => path.join('.');

export class Verdicts {
	#analyzer;
	#language;
	#tables = new Map();
	#functions = new Map();
	#tableFunctions = new Map();
	#procedures = new Map();
	/** Innermost block last; each maps a variable's lower-case name to {name, type}. */
	#scopes = [];
	#registered;
	#generation = 0;
	#informationSchema = [];
	#parameters = [];
	#problems = [];
	#passed = 0;
	#source = {text: '', bytes: Buffer.alloc(0)};

	/** @param analyzer what `startAnalyzer` gives. */
	static async open(analyzer) {
		const verdicts = new Verdicts();
		verdicts.#analyzer = analyzer;
		verdicts.#language = await languageOptions(analyzer);
		await verdicts.check(readFileSync(new URL('information-schema.sql', import.meta.url), 'utf8'));
		verdicts.#informationSchema = [...verdicts.#tables.values()];
		verdicts.#tables.clear();
		if (verdicts.#problems.length > 0) {
			throw new Error(verdicts.#problems[0].message);
		}

		return verdicts;
	}

	/**
	 * Analyzes one script. A head line `-- parameters: @name TYPE, ...` declares its query parameters; others take the type that their use asks for. What it creates stays in the catalog; its variables and temp tables do not.
	 * @returns how many statements passed, and each failure as {line, column, message, sql}.
	 */
	async check(text) {
		this.#problems = [];
		this.#passed = 0;
		this.#source = {text, bytes: Buffer.from(text)};
		this.#scopes = [new Map()];
		this.#parameters = [];
		const before = new Map(this.#tables);
		let script;
		try {
			script = await this.#analyzer.call('Parse', {sql_statement: text, allow_script: true, options: this.#language});
		} catch (error) {
			this.#fail(error, {start: 0, end: 0});
			return {passed: 0, problems: this.#problems};
		}

		const [, head = ''] = /^-- parameters: (.*)$/m.exec(text) ?? [];
		const parameters = [];
		for (const [, name, type] of head.matchAll(/@(\w+) ([^,<]+(?:<.*>)?)/g)) {
			const response = await this.#analyze(`SELECT CAST(NULL AS ${type})`);
			parameters.push({name: name.toLowerCase(), type: findKey(response, 'output_column_list')[0].column.type});
		}

		this.#parameters = parameters;
		await this.#list(script.parsed_script.statement_list_node);
		for (const [name, table] of this.#tables) {
			if (table.isTemporary) {
				this.#tables.delete(name);
				if (before.has(name)) {
					this.#tables.set(name, before.get(name));
				}
			}
		}

		this.#registered = undefined;
		return {passed: this.#passed, problems: this.#problems};
	}

	/** Forgets everything that scripts created. */
	clear() {
		this.#tables.clear();
		this.#functions.clear();
		this.#tableFunctions.clear();
		this.#procedures.clear();
		this.#registered = undefined;
	}

	#fail(error, range) {
		const details = String(error.details ?? error.message);
		const match = / \[at (\d+):(\d+)\]$/.exec(details);
		const before = this.#source.bytes.subarray(0, range.start).toString().split('\n');
		this.#problems.push({
			line: match === null ? before.length : Number(match[1]),
			column: match === null ? before.at(-1).length + 1 : Number(match[2]),
			message: details.replace(/ \[at \d+:\d+\]$/, ''),
			sql: this.#slice(range),
		});
	}

	#slice({start, end}) {
		return this.#source.bytes.subarray(start, end).toString();
	}

	/** A part of the source alone, moved to where it stands in the file, so that positions in messages are the file's. */
	#placed(range, head = '') {
		const before = this.#source.bytes.subarray(0, range.start).toString().split('\n');
		const last = before.at(-1).length;
		const text = this.#slice(range);
		if (last >= head.length) {
			return '\n'.repeat(before.length - 1) + ' '.repeat(last - head.length) + head + text;
		}

		return before.length > 1
			? head + '\n'.repeat(before.length - 1) + ' '.repeat(last) + text
			: head + text;
	}

	async #catalog() {
		if (this.#registered !== undefined && this.#generation === this.#analyzer.generation) {
			return this.#registered;
		}

		const constants = new Map();
		for (const scope of this.#scopes) {
			for (const [name, constant] of scope) {
				constants.set(name, {name_path: [constant.name], type: constant.type, value: {}});
			}
		}

		// `a.b` and `a.b`.INFORMATION_SCHEMA name a dataset or a region by one quoted name.
		const qualifiers = new Set([...this.#tables.keys()].map(name => name.split('.').slice(0, -1).join('.')).filter(name => name !== ''));
		qualifiers.add('region-us').add('project.region-us').add('project.dataset');
		const simple = {
			name: 'catalog',
			builtin_function_options: {language_options: this.#language},
			table: [...this.#tables.values()].map(({isTemporary, ...table}) => table),
			constant: [...constants.values()],
			custom_function: [...this.#functions.values()],
			custom_tvf: [...this.#tableFunctions.values()],
			procedure: [...this.#procedures.values()],
			catalog: [...qualifiers].map(name => ({name, catalog: [{name: 'INFORMATION_SCHEMA', table: this.#informationSchema}]})),
		};
		const {registered_id: id} = await this.#analyzer.call('RegisterCatalog', {simple_catalog: simple, descriptor_pool_list: {definitions: [{builtin: {}}]}});
		this.#registered = id;
		this.#generation = this.#analyzer.generation;
		return id;
	}

	async #analyze(sql, options = {}) {
		return this.#analyzer.call('Analyze', {
			sql_statement: sql,
			registered_catalog_id: await this.#catalog(),
			descriptor_pool_list: {definitions: [{builtin: {}}]},
			options: {
				language_options: this.#language,
				default_timezone: 'UTC',
				error_message_mode: 'ERROR_MESSAGE_ONE_LINE',
				parameter_mode: 'PARAMETER_NAMED',
				allow_undeclared_parameters: true,
				query_parameters: this.#parameters,
				system_variables: systemVariables,
				preserve_column_aliases: true,
				...options,
			},
		});
	}

	/** Analyzes and counts; undefined when it failed. */
	async #judge(range, sql, options) {
		try {
			const response = await this.#analyze(sql, options);
			this.#passed++;
			return response;
		} catch (error) {
			this.#fail(error, range);
			return undefined;
		}
	}

	/** The type of an expression of the source, coerced to a type when one is given. */
	async #expression(node, type) {
		const range = rangeOf(unwrap(node).node);
		const response = await this.#judge(range, this.#placed(range, 'SELECT '), type === undefined ? {} : {target_column_types: [type]});
		return response === undefined ? undefined : findKey(response, 'output_column_list')[0].column.type;
	}

	async #condition(node) {
		await this.#expression(node, {type_kind: 'TYPE_BOOL'});
	}

	async #typeNamed(node) {
		const range = rangeOf(unwrap(node).node);
		const response = await this.#judge(range, `SELECT CAST(NULL AS ${this.#slice(range)})`);
		return response === undefined ? undefined : findKey(response, 'output_column_list')[0].column.type;
	}

	#variable(name) {
		return this.#scopes.findLast(scope => scope.has(name.toLowerCase()))?.get(name.toLowerCase());
	}

	#declare(name, type) {
		this.#scopes.at(-1).set(name.toLowerCase(), {name, type});
		this.#registered = undefined;
	}

	async #block(run) {
		this.#scopes.push(new Map());
		await run();
		this.#scopes.pop();
		this.#registered = undefined;
	}

	async #list(list) {
		for (const statement of list?.statement_list ?? []) {
			const {name, node} = unwrap(statement);
			await this.#statement(name, node);
		}
	}

	async #statement(name, node) {
		const walk = this.#walkers[name];
		if (walk === undefined) {
			await this.#leaf(node);
		} else {
			await walk(node);
		}
	}

	#walkers = {
		ast_variable_declaration_node: async node => {
			let type = node.type === undefined ? undefined : await this.#typeNamed(node.type);
			if (node.default_value !== undefined) {
				type = (await this.#expression(node.default_value, type)) ?? type;
			}

			for (const {id_string: name} of node.variable_list.identifier_list) {
				this.#declare(name, type ?? {type_kind: 'TYPE_INT64'});
			}
		},
		ast_single_assignment_node: async node => {
			const variable = this.#variable(node.variable.id_string);
			if (variable === undefined) {
				this.#fail({message: `Undeclared variable: ${node.variable.id_string}`}, rangeOf(node));
			} else {
				await this.#expression(node.expression, variable.type);
			}
		},
		ast_assignment_from_struct_node: async node => {
			const variables = node.variables.identifier_list.map(({id_string: name}) => [name, this.#variable(name)]);
			const missing = variables.find(([, variable]) => variable === undefined);
			if (missing !== undefined) {
				this.#fail({message: `Undeclared variable: ${missing[0]}`}, rangeOf(node));
				return;
			}

			await this.#expression(node.struct_expression, {
				type_kind: 'TYPE_STRUCT',
				struct_type: {field: variables.map(([, {type}]) => ({field_name: '', field_type: type}))},
			});
		},
		ast_if_statement_node: async node => {
			await this.#condition(node.condition);
			await this.#list(node.then_list);
			for (const clause of node.elseif_clauses?.elseif_clauses ?? []) {
				await this.#condition(clause.condition);
				await this.#list(clause.body);
			}

			await this.#list(node.else_list);
		},
		ast_case_statement_node: async node => {
			const type = node.expression === undefined ? {type_kind: 'TYPE_BOOL'} : await this.#expression(node.expression);
			for (const clause of node.when_then_clauses.when_then_clauses) {
				await this.#expression(clause.condition, type);
				await this.#list(clause.body);
			}

			await this.#list(node.else_list);
		},
		ast_begin_end_block_node: async node => {
			await this.#block(() => this.#list(node.statement_list_node));
			for (const handler of node.handler_list?.exception_handler_list ?? []) {
				await this.#block(() => this.#list(handler.statement_list));
			}
		},
		ast_while_statement_node: async node => {
			if (node.condition !== undefined) {
				await this.#condition(node.condition);
			}

			await this.#list(node.parent.body);
		},
		ast_repeat_statement_node: async node => {
			await this.#list(node.parent.body);
			await this.#condition(node.until_clause.condition);
		},
		ast_for_in_statement_node: async node => {
			const range = rangeOf(node.query);
			const response = await this.#judge(range, this.#placed(range));
			await this.#block(async () => {
				const fields = (response === undefined ? [] : findKey(response, 'output_column_list')).map(({name, column}) => ({field_name: name, field_type: column.type}));
				this.#declare(node.variable.id_string, {type_kind: 'TYPE_STRUCT', struct_type: {field: fields}});
				await this.#list(node.parent.body);
			});
		},
		ast_raise_statement_node: async node => {
			if (node.message !== undefined) {
				await this.#expression(node.message, {type_kind: 'TYPE_STRING'});
			}
		},
		ast_break_statement_node: async () => undefined,
		ast_continue_statement_node: async () => undefined,
		ast_return_statement_node: async () => undefined,
		ast_begin_statement_node: async () => undefined,
		ast_commit_statement_node: async () => undefined,
		ast_rollback_statement_node: async () => undefined,
		ast_system_variable_assignment_node: async node => {
			await this.#expression(node.expression);
		},
		ast_execute_immediate_statement_node: async node => {
			await this.#expression(node.sql, {type_kind: 'TYPE_STRING'});
		},
		ast_create_procedure_statement_node: async node => {
			await this.#leaf(node);
			const outer = this.#scopes;
			// A body sees its own arguments and variables only.
			this.#scopes = [new Map()];
			for (const {name, type} of node.parameters?.parameter_entries ?? []) {
				this.#declare(name.id_string, await this.#typeNamed(type));
			}

			await this.#list(node.body.statement_list_node);
			this.#scopes = outer;
			this.#registered = undefined;
		},
	};

	async #leaf(node) {
		const range = rangeOf(node);
		const response = await this.#judge(range, this.#placed(range));
		if (response !== undefined) {
			this.#learn(unwrap(response.resolved_statement));
		}
	}

	#learn({name, node}) {
		const columns = list => list.map(({name: column, type, column: inner}) => ({name: column, type: type ?? inner.type, is_writable_column: true}));
		const create = kind => {
			const path = pathText(findKey(node, 'name_path'));
			const table = {name: path, column: kind, isTemporary: findKey(node, 'create_scope') === 'CREATE_TEMP'};
			// IF NOT EXISTS leaves the table as it is.
			if (findKey(node, 'create_mode') !== 'CREATE_IF_NOT_EXISTS' || !this.#tables.has(path)) {
				this.#tables.set(path, {...table, serialization_id: this.#tables.size + 1});
			}

			this.#registered = undefined;
		};

		const routine = (map, extra) => {
			const path = findKey(node, 'name_path');
			map.set(pathText(path), {name_path: path, signature: findKey(node, 'signature'), ...extra});
			this.#registered = undefined;
		};

		switch (name) {
			case 'resolved_create_table_stmt_node': {
				const like = findKey(node, 'like_table');
				const source = like?.name ?? like?.full_name ?? findKey(node, 'clone_from')?.table?.name ?? findKey(node, 'copy_from')?.table?.name;
				const own = findKey(node, 'column_definition_list') ?? [];
				create(own.length === 0 && source !== undefined ? this.#tables.get(source)?.column ?? [] : columns(own));
				break;
			}

			case 'resolved_create_table_as_select_stmt_node': {
				create(columns(findKey(node, 'column_definition_list') ?? []));
				break;
			}

			case 'resolved_create_view_stmt_node':
			case 'resolved_create_materialized_view_stmt_node': {
				create(columns(findKey(node, 'output_column_list')));
				break;
			}

			case 'resolved_create_function_stmt_node': {
				routine(this.#functions, {signature: [findKey(node, 'signature')], group: 'External_function', mode: 'SCALAR'});
				break;
			}

			case 'resolved_create_table_function_stmt_node': {
				routine(this.#tableFunctions, {type: 'FIXED_OUTPUT_SCHEMA_TVF'});
				break;
			}

			case 'resolved_create_procedure_stmt_node': {
				// A void result breaks the analyzer when a CALL is answered; what a procedure returns is never looked at.
				routine(this.#procedures, {signature: {...findKey(node, 'signature'), return_type: {kind: 'ARG_TYPE_FIXED', type: {type_kind: 'TYPE_INT64'}, num_occurrences: 1}}});
				break;
			}

			case 'resolved_alter_table_stmt_node': {
				const table = this.#tables.get(pathText(findKey(node, 'name_path')));
				const added = findKey(node, 'alter_action_list').map(action => findKey(action, 'column_definition')).filter(Boolean);
				const known = new Set(table?.column.map(column => column.name.toLowerCase()));
				table?.column.push(...columns(added).filter(column => !known.has(column.name.toLowerCase())));
				this.#registered = undefined;
				break;
			}

			default: {
				break;
			}
		}
	}
}
