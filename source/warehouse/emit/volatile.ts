/** Whether DuckDB text draws a new value each time it is evaluated: TRY refuses it, and it must not be written twice. */
export function isVolatileText(text: string): boolean {
	return text.includes('random()') || text.includes('uuid()');
}
