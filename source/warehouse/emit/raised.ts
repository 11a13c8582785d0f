// Messages that are BigQuery's own, marked on their way through DuckDB so that they can be told from DuckDB's.

/** Starts what `bq_raise` throws. */
export const raisedMark = '\u0001bq:';

/** BigQuery's message inside an error's text; undefined when DuckDB speaks for itself. */
export function raisedMessage(text: string): string | undefined {
	const start = text.indexOf(raisedMark);
	return start < 0 ? undefined : text.slice(start + raisedMark.length);
}
