// Statement types as BigQuery's jobs name them.
import type {Statement} from './syntax/script.js';

const drops = {
	table: 'DROP_TABLE', 'snapshot-table': 'DROP_SNAPSHOT_TABLE', 'external-table': 'DROP_EXTERNAL_TABLE', view: 'DROP_VIEW', 'materialized-view': 'DROP_MATERIALIZED_VIEW',
	function: 'DROP_FUNCTION', 'table-function': 'DROP_TABLE_FUNCTION', procedure: 'DROP_PROCEDURE', schema: 'DROP_SCHEMA',
} as const;

const alters = {table: 'ALTER_TABLE', view: 'ALTER_VIEW', 'materialized-view': 'ALTER_MATERIALIZED_VIEW', schema: 'ALTER_SCHEMA'} as const;

const others = {
	'query-statement': 'SELECT', insert: 'INSERT', update: 'UPDATE', delete: 'DELETE', merge: 'MERGE', truncate: 'TRUNCATE_TABLE',
	'create-snapshot-table': 'CREATE_SNAPSHOT_TABLE', 'create-function': 'CREATE_FUNCTION', 'create-table-function': 'CREATE_TABLE_FUNCTION',
	'create-procedure': 'CREATE_PROCEDURE', 'create-schema': 'CREATE_SCHEMA', 'export-data': 'EXPORT_DATA', 'load-data': 'LOAD_DATA',
	call: 'CALL', assert: 'ASSERT', 'begin-transaction': 'BEGIN_TRANSACTION', 'commit-transaction': 'COMMIT_TRANSACTION', 'rollback-transaction': 'ROLLBACK_TRANSACTION',
	'execute-immediate': 'EXECUTE_IMMEDIATE',
} as const;

/** SELECT, MERGE, CREATE_TABLE_AS_SELECT ...; SCRIPT for procedural statements, which have no job of their own. */
export function statementTypeOf(statement: Statement): string {
	switch (statement.kind) {
		case 'create-table': {
			return statement.query === undefined ? 'CREATE_TABLE' : 'CREATE_TABLE_AS_SELECT';
		}

		case 'create-view': {
			return statement.isMaterialized ? 'CREATE_MATERIALIZED_VIEW' : 'CREATE_VIEW';
		}

		case 'drop': {
			return drops[statement.object];
		}

		case 'alter': {
			return alters[statement.object];
		}

		default: {
			return (others as Readonly<Record<string, string>>)[statement.kind] ?? 'SCRIPT';
		}
	}
}
