// The internal DuckDB schema: metadata lives in the same file and the same transactions as the rows it describes.

/** Statements that make the internal schema; safe to run on a file that has it. */
export const metadataDdl: readonly string[] = [
	'CREATE SCHEMA IF NOT EXISTS _eros',
	'CREATE TABLE IF NOT EXISTS _eros.objects (kind VARCHAR NOT NULL, dataset VARCHAR NOT NULL, name VARCHAR NOT NULL, record VARCHAR NOT NULL)',
	'CREATE TABLE IF NOT EXISTS _eros.state (key VARCHAR NOT NULL, value VARCHAR NOT NULL)',
	`CREATE TABLE IF NOT EXISTS _eros.jobs (
		creation_time TIMESTAMPTZ, project_id VARCHAR, project_number BIGINT, user_email VARCHAR, job_id VARCHAR NOT NULL, job_type VARCHAR,
		statement_type VARCHAR, priority VARCHAR, start_time TIMESTAMPTZ, end_time TIMESTAMPTZ, query VARCHAR, state VARCHAR,
		reservation_id VARCHAR, total_bytes_processed BIGINT, total_slot_ms BIGINT,
		error_result STRUCT(reason VARCHAR, location VARCHAR, debug_info VARCHAR, message VARCHAR), cache_hit BOOLEAN,
		destination_table STRUCT(project_id VARCHAR, dataset_id VARCHAR, table_id VARCHAR),
		referenced_tables STRUCT(project_id VARCHAR, dataset_id VARCHAR, table_id VARCHAR)[],
		labels STRUCT("key" VARCHAR, "value" VARCHAR)[], total_bytes_billed BIGINT, transaction_id VARCHAR, parent_job_id VARCHAR,
		dml_statistics STRUCT(inserted_row_count BIGINT, deleted_row_count BIGINT, updated_row_count BIGINT),
		record VARCHAR NOT NULL
	)`,
];
