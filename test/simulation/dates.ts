// Distances between civil dates and instants.

/** Whole days from one civil date to another, YYYY-MM-DD. */
export const dayGap = (from: string, to: string): number => Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);

export const addDays = (date: string, days: number): string => new Date(Date.parse(date) + days * 86_400_000).toISOString().slice(0, 10);

/** Minutes that pass between messages that follow one another. */
export const minutesBetween = (messages: readonly {readonly send_at: string}[]): readonly number[] => {
	const instants = messages.map(message => Date.parse(message.send_at)).sort((a, b) => a - b);
	return instants.slice(1).map((instant, index) => (instant - instants[index]!) / 60_000);
};
