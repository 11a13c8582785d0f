// The size of the terminal, as a value that everything else is a function of.

export type TerminalSize = {readonly columns: number; readonly rows: number};

/** Size of a stream; 80x24 where it has none. */
export const readSize = (stream: {readonly columns?: number; readonly rows?: number}): TerminalSize => ({
	columns: stream.columns && stream.columns > 0 ? stream.columns : 80,
	rows: stream.rows && stream.rows > 0 ? stream.rows : 24,
});
