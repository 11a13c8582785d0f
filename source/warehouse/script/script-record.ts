// What a script has done so far: a report for each statement, the result it shows, the rows its last change touched.
import type {Span} from '../../googlesql/syntax/name.js';
import type {Cell, ExecuteRequest, ExecuteResult, ResultSet, SealedJob, SqlError, StatementReport} from '../contract.js';
import type {Frame} from './frame.js';
import type {StatementOutcome} from './runtime.js';

/** Gives the report of a statement that has begun, with its outcome or its error. */
export type Ending = (outcome: StatementOutcome | undefined, error?: SqlError) => StatementReport;

export class ScriptRecord {
	/** Of the whole job. */
	statementType = 'SCRIPT';
	readonly #request: ExecuteRequest;
	readonly #reports: StatementReport[] = [];
	#rowCount: Cell = null;
	#result: ResultSet | undefined;
	#affectedRows: number | undefined;

	constructor(request: ExecuteRequest) {
		this.#request = request;
	}

	/** `@@row_count`. */
	get rowCount(): Cell {
		return this.#rowCount;
	}

	/** Begins the report of a statement. */
	begin(statementType: string, span: Span, frame: Frame): Ending {
		const {length: index} = this.#reports;
		const sql = frame.slice(span);
		const now = (): number => Number(this.#request.nowMicros() / 1000n);
		const startedMs = now();
		return (outcome, error) => ({
			processedBytes: 0,
			billedBytes: 0,
			referencedTables: [],
			...outcome,
			index,
			statementType,
			sql,
			callStack: frame.callStack,
			startedMs,
			endedMs: now(),
			...(error === undefined ? {} : {error: error.failure}),
		});
	}

	/** Tells that a statement begins whose report follows. */
	announce(statementType: string, sql: string): void {
		this.#request.onStatementStart?.({index: this.#reports.length, statementType, sql});
	}

	add(report: StatementReport): void {
		this.#reports.push(report);
		this.#request.onStatement?.(report);
	}

	/** What a statement leaves for `@@row_count` and for the answer of the job. */
	keep({affectedRows, result}: StatementOutcome, isQuery: boolean): void {
		if (affectedRows !== undefined) {
			this.#rowCount = String(affectedRows);
			this.#affectedRows = affectedRows;
		}

		if (result !== undefined && isQuery) {
			this.#result = result;
		}
	}

	/** The records to be kept in the transaction of a statement's effects: its own, and the job's when nothing can follow. */
	seal(report: StatementReport | undefined, isTail: boolean): readonly SealedJob[] {
		return this.#request.seal?.({...(report === undefined ? {} : {report}), ...(isTail ? {job: this.soFar(report)} : {})}) ?? [];
	}

	/** The job as it stands; `ending` is a statement that has run but is not reported yet. */
	soFar(ending?: StatementReport): ExecuteResult {
		const affectedRows = ending?.affectedRows ?? this.#affectedRows;
		return {
			statementType: this.statementType,
			statements: ending === undefined ? this.#reports : [...this.#reports, ending],
			...(this.#result === undefined ? {} : {result: this.#result}),
			...(affectedRows === undefined ? {} : {affectedRows}),
		};
	}
}
