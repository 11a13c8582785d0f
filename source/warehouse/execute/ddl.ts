// Which DDL statement does what.
import type {StatementAnalysis} from '../../googlesql/index.js';
import {SqlError} from '../contract.js';
import type {Emission} from '../emit/context.js';
import type {PlainStatement, StatementOutcome} from '../script/runtime.js';
import {alter, createSchema, drop} from './ddl-alter.js';
import {createRoutine} from './ddl-routine.js';
import {createSnapshot, createTable, createView} from './ddl-table.js';
import type {DdlTools} from './runtime.js';

/** Runs one DDL statement with its catalog changes in one transaction. */
export const runDdl = async (statement: PlainStatement, analysis: StatementAnalysis, emission: Emission, tools: DdlTools): Promise<Partial<StatementOutcome>> => {
	switch (statement.kind) {
		case 'create-table': {
			return createTable(statement, analysis, emission, tools);
		}

		case 'create-snapshot-table': {
			return createSnapshot(statement, emission, tools);
		}

		case 'create-view': {
			return createView(statement, analysis, tools);
		}

		case 'create-function':
		case 'create-table-function':
		case 'create-procedure': {
			return createRoutine(statement, analysis, tools);
		}

		case 'create-schema': {
			return createSchema(statement, tools);
		}

		case 'alter': {
			return alter(statement, tools);
		}

		case 'drop': {
			return drop(statement, tools);
		}

		default: {
			throw new SqlError({reason: 'invalidQuery', message: `${statement.kind.replaceAll('-', ' ').toUpperCase()} is not supported by the embedded warehouse`});
		}
	}
};
