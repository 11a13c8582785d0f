// Money, bytes and counts as operators read them.

/** Micro-dollars as dollars: two decimals, four below a cent so that small sums do not read as nothing: `$0.31`, `$0.0021`, `$0`. */
export const formatMoney = (micros: number): string => {
	if (micros === 0) {
		return '$0';
	}

	const dollars = micros / 1_000_000;
	return Math.abs(dollars) < 0.01 ? `$${dollars.toFixed(4)}` : `$${dollars.toFixed(2)}`;
};

/** A limit without decimals where it has none: `$20`, `$2.50`. */
export const formatLimit = (micros: number): string => (micros % 1_000_000 === 0 ? `$${micros / 1_000_000}` : formatMoney(micros));

const steps = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'] as const;

/** Bytes with decimal prefixes and at most one decimal: `0 B`, `412 KB`, `24 MB`, `1.2 GB`. */
export const formatBytes = (bytes: number): string => {
	let value = Math.max(0, bytes);
	let step = 0;
	while (value >= 999.5 && step < steps.length - 1) {
		value /= 1000;
		step += 1;
	}

	const shown = step > 0 && value < 9.95 ? value.toFixed(1).replace(/\.0$/, '') : String(Math.round(value));
	return `${shown} ${steps[step] ?? 'B'}`;
};

/** `1 table`, `9 tables`; the plural is the singular with an s unless given. */
export const formatCount = (count: number, singular: string, plural = `${singular}s`): string => `${count} ${count === 1 ? singular : plural}`;

/** A share as a percentage with one decimal: `0.3%`. An empty whole is `-`. */
export const formatShare = (part: number, whole: number): string => (whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)}%`);
