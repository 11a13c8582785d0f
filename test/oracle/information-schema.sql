-- The columns of BigQuery's INFORMATION_SCHEMA views that sql/ reads, as its documentation lists them.
CREATE TABLE JOBS (
  creation_time TIMESTAMP, project_id STRING, project_number INT64, user_email STRING, job_id STRING, job_type STRING,
  statement_type STRING, priority STRING, start_time TIMESTAMP, end_time TIMESTAMP, query STRING, state STRING,
  reservation_id STRING, total_bytes_processed INT64, total_slot_ms INT64,
  error_result STRUCT<reason STRING, location STRING, debug_info STRING, message STRING>,
  cache_hit BOOL, destination_table STRUCT<project_id STRING, dataset_id STRING, table_id STRING>,
  referenced_tables ARRAY<STRUCT<project_id STRING, dataset_id STRING, table_id STRING>>,
  labels ARRAY<STRUCT<key STRING, value STRING>>,
  timeline ARRAY<STRUCT<elapsed_ms INT64, total_slot_ms INT64, pending_units INT64, completed_units INT64, active_units INT64>>,
  total_bytes_billed INT64, total_modified_partitions INT64, parent_job_id STRING,
  transaction_id STRING, session_info STRUCT<session_id STRING>,
  dml_statistics STRUCT<inserted_row_count INT64, deleted_row_count INT64, updated_row_count INT64>
);
CREATE TABLE JOBS_BY_PROJECT LIKE JOBS;
CREATE TABLE TABLES (
  table_catalog STRING, table_schema STRING, table_name STRING, table_type STRING, is_insertable_into STRING, is_typed STRING,
  is_change_history_enabled STRING, creation_time TIMESTAMP, base_table_catalog STRING, base_table_schema STRING,
  base_table_name STRING, snapshot_time_ms TIMESTAMP, ddl STRING, default_collation_name STRING
);
CREATE TABLE COLUMNS (
  table_catalog STRING, table_schema STRING, table_name STRING, column_name STRING, ordinal_position INT64, is_nullable STRING,
  data_type STRING, is_generated STRING, generation_expression STRING, is_stored STRING, is_hidden STRING, is_updatable STRING,
  is_system_defined STRING, is_partitioning_column STRING, clustering_ordinal_position INT64, collation_name STRING,
  column_default STRING, rounding_mode STRING
);
CREATE TABLE VIEWS (
  table_catalog STRING, table_schema STRING, table_name STRING, view_definition STRING, check_option STRING, use_standard_sql STRING
);
CREATE TABLE ROUTINES (
  specific_catalog STRING, specific_schema STRING, specific_name STRING, routine_catalog STRING, routine_schema STRING,
  routine_name STRING, routine_type STRING, data_type STRING, routine_body STRING, routine_definition STRING,
  external_language STRING, is_deterministic STRING, security_type STRING, created TIMESTAMP, last_altered TIMESTAMP, ddl STRING
);
CREATE TABLE PARAMETERS (
  specific_catalog STRING, specific_schema STRING, specific_name STRING, ordinal_position INT64, parameter_mode STRING,
  is_result STRING, parameter_name STRING, data_type STRING, parameter_default STRING, is_aggregate STRING
);
CREATE TABLE PARTITIONS (
  table_catalog STRING, table_schema STRING, table_name STRING, partition_id STRING, total_rows INT64,
  total_logical_bytes INT64, total_billable_bytes INT64, last_modified_time TIMESTAMP, storage_tier STRING
);
CREATE TABLE SCHEMATA (
  catalog_name STRING, schema_name STRING, schema_owner STRING, creation_time TIMESTAMP, last_modified_time TIMESTAMP,
  location STRING, ddl STRING, default_collation_name STRING
);
CREATE TABLE TABLE_STORAGE (
  project_id STRING, project_number INT64, table_catalog STRING, table_schema STRING, table_name STRING, creation_time TIMESTAMP,
  total_rows INT64, total_partitions INT64, total_logical_bytes INT64, active_logical_bytes INT64, long_term_logical_bytes INT64,
  total_physical_bytes INT64, deleted BOOL, storage_last_modified_time TIMESTAMP, table_type STRING
);
