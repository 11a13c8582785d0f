// What the generated scripts are made from: plain values, so that the same content gives the same bytes.

export type ScriptObject = {
	readonly kind: string;
	readonly name: string;
	/** Complete statement or script for production. */
	readonly sql: string;
};

export type ScriptSchedule = {
	readonly displayName: string;
	/** UTC, transfer-service syntax. */
	readonly schedule: string;
	readonly query: string;
};

export type ScriptTarget = {
	readonly project: string;
	readonly dataset: string;
	readonly location: string;
	readonly timeZone: string;
	readonly maximumBytesBilled: number;
};

export type ScriptStep = {readonly number: number; readonly title: string; readonly kinds: readonly string[]};

/** The seven steps of a production deployment, as the document numbers them; tables go with the backup's step two. */
export const deploymentSteps: readonly ScriptStep[] = [
	{number: 1, title: 'backup', kinds: []},
	{number: 2, title: 'tables, functions and the views that code reads', kinds: ['table', 'function']},
	{number: 3, title: 'table functions', kinds: ['table-function']},
	{number: 4, title: 'procedures', kinds: ['procedure']},
	{number: 5, title: 'views', kinds: ['view']},
	{number: 6, title: 'scheduled queries', kinds: ['scheduled-query']},
	{number: 7, title: 'smoke tests', kinds: []},
];

/** A file that stands beside a script. */
export type ScriptFile = {readonly name: string; readonly content: string; readonly mode: number};

/** Single-quotes a value for bash. */
export const quoteForShell = (value: string): string => `'${value.replaceAll('\'', String.raw`'\''`)}'`;

/** `01-table-feature_flags.sql`. */
export const objectFileName = (index: number, {kind, name}: {readonly kind: string; readonly name: string}): string =>
	`${String(index + 1).padStart(2, '0')}-${kind}-${name}.sql`;

/** The head every generated script has: strict mode, own location, log file, log function. */
export const scriptHead = (title: string, lines: readonly string[], target: ScriptTarget, logName: string): string => `#!/usr/bin/env bash
# ${title}
${lines.map(line => `# ${line}`).join('\n')}

set -euo pipefail

HERE="$(cd -- "$(dirname -- "\${BASH_SOURCE[0]}")" && pwd -P)"
PROJECT=${quoteForShell(target.project)}
DATASET=${quoteForShell(target.dataset)}
LOCATION=${quoteForShell(target.location)}
MAXIMUM_BYTES_BILLED=${target.maximumBytesBilled}
STAMP="$(date -u +%Y%m%d_%H%M%S)"
LOG="\${HERE}/${logName}_\${STAMP}.log"

# Talk goes to standard error and to the log; standard output stays free for values.
log() {
  printf '%s %s\\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$*" | tee -a "\${LOG}" >&2
}

fail() {
  log "FAILED $*"
  exit 1
}

trap 'log "FAILED at line \${LINENO}, see \${LOG}"' ERR

command -v bq >/dev/null || fail 'bq is not installed; see https://cloud.google.com/bigquery/docs/bq-command-line-tool'

# Runs the SQL on standard input as one job with a byte cap.
run_sql() {
  bq --quiet --headless --project_id="\${PROJECT}" --location="\${LOCATION}" query \\
    --use_legacy_sql=false --maximum_bytes_billed="\${MAXIMUM_BYTES_BILLED}" --format=csv "$@" 2> >(tee -a "\${LOG}" >&2)
}

`;

/** A bash function that prints the resource name of a scheduled query by its display name, and nothing when there is none. */
export const findConfigFunction = `# Prints the resource name of the scheduled query with this display name; nothing when there is none.
find_config() {
  bq --quiet --headless --project_id="\${PROJECT}" ls --transfer_config --transfer_location="\${LOCATION}" --format=prettyjson \\
    | awk -v wanted="\\"displayName\\": \\"$1\\"" '
        index($0, wanted) { found = 1 }
        found && /"name": "/ { gsub(/.*"name": "|".*/, ""); print; exit }
      '
}

`;
