// Plots in box characters: a line over 24 hours with thresholds, and a sparkline for narrow panes.

export type Point = {readonly x: number; readonly y: number};

export type PlotOptions = {
	readonly width: number;
	readonly height: number;
	readonly minY: number;
	readonly maxY: number;
	/** x of the right edge; the left one is 0. */
	readonly maxX: number;
	/** Drawn where the line is not. */
	readonly threshold?: number;
	/** Continues the line from its last point to the right edge. */
	readonly projectedY?: number;
};

const levelOf = (y: number, {height, minY, maxY}: PlotOptions): number => {
	const share = maxY === minY ? 0 : (y - minY) / (maxY - minY);
	return Math.min(height - 1, Math.max(0, Math.round(share * (height - 1))));
};

/** y at a column by the last point at or before it; undefined outside of the points. */
const columnLevels = (points: readonly Point[], options: PlotOptions): readonly (number | undefined)[] => {
	const {width, maxX} = options;
	const sorted = [...points].sort((a, b) => a.x - b.x);
	const first = sorted[0];
	const last = sorted.at(-1);
	return Array.from({length: width}, (_, column) => {
		const x = (column / Math.max(1, width - 1)) * maxX;
		if (!first || !last || x < first.x - maxX / width / 2 || x > last.x + maxX / width / 2) {
			return undefined;
		}

		const nearest = sorted.findLast(point => point.x <= x + maxX / width / 2) ?? first;
		return levelOf(nearest.y, options);
	});
};

/** Rows of the plot, top first, each exactly `width` cells. */
export const linePlot = (points: readonly Point[], options: PlotOptions): readonly string[] => {
	const {width, height, threshold, projectedY} = options;
	const levels = columnLevels(points, options);
	const grid = Array.from({length: height}, () => Array.from({length: width}, () => ' '));
	const put = (level: number, column: number, mark: string): void => {
		const row = grid[height - 1 - level];
		if (row && column >= 0 && column < width) {
			row[column] = mark;
		}
	};

	if (threshold !== undefined) {
		const level = levelOf(threshold, options);
		for (let column = 0; column < width; column += 1) {
			put(level, column, '┄');
		}
	}

	let last: number | undefined;
	let lastColumn = -1;
	for (const [column, level] of levels.entries()) {
		if (level === undefined) {
			last = undefined;
			continue;
		}

		if (last === undefined || last === level) {
			put(level, column, '─');
		} else {
			const isUp = level > last;
			put(last, column, isUp ? '╯' : '╮');
			put(level, column, isUp ? '╭' : '╰');
			for (let between = Math.min(last, level) + 1; between < Math.max(last, level); between += 1) {
				put(between, column, '│');
			}
		}

		last = level;
		lastColumn = column;
	}

	if (projectedY !== undefined && lastColumn >= 0) {
		const from = levels[lastColumn] ?? 0;
		const to = levelOf(projectedY, options);
		for (let column = lastColumn + 1; column < width; column += 1) {
			const share = (column - lastColumn) / Math.max(1, width - 1 - lastColumn);
			put(Math.round(from + (to - from) * share), column, '╌');
		}
	}

	return grid.map(row => row.join(''));
};

/** The hour axis under a plot: two rows. */
export const hourAxis = (width: number): readonly [string, string] => {
	const ticks = Array.from({length: width}, () => '─');
	const labels = Array.from({length: width + 4}, () => ' ');
	for (const hour of [0, 4, 8, 12, 16, 20, 24]) {
		const column = Math.round((hour / 24) * (width - 1));
		ticks[column] = '┬';
		for (const [offset, character] of [...String(hour)].entries()) {
			labels[column + offset] = character;
		}
	}

	return [ticks.join(''), `${labels.join('').trimEnd()} h`];
};

const bars = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** The last `width` values as bars between `min` and `max`; a missing value is a blank. */
export const sparkline = (values: readonly (number | undefined)[], width: number, min: number, max: number): string =>
	values.slice(-width).map(value => {
		if (value === undefined) {
			return ' ';
		}

		const share = max === min ? 0 : (value - min) / (max - min);
		return bars[Math.min(bars.length - 1, Math.max(0, Math.round(share * (bars.length - 1))))] ?? ' ';
	}).join('');
