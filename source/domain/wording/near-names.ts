// Names that somebody may have meant.

/** Letters that have to be put in, taken out, changed, or swapped with their neighbour to make one word of another. */
export const editDistance = (from: string, to: string): number => {
	const [a, b] = [[...from], [...to]];
	let beforeLast: readonly number[] = [];
	let last: readonly number[] = Array.from({length: b.length + 1}, (_, column) => column);
	for (const [row, letter] of a.entries()) {
		const current = [row + 1];
		for (const [column, other] of b.entries()) {
			const isSwapped = row > 0 && column > 0 && letter === b[column - 1] && a[row - 1] === other;
			current.push(Math.min(
				last[column + 1]! + 1,
				current[column]! + 1,
				last[column]! + (letter === other ? 0 : 1),
				isSwapped ? beforeLast[column - 1]! + 1 : Number.POSITIVE_INFINITY,
			));
		}

		beforeLast = last;
		last = current;
	}

	return last[b.length]!;
};

/** The names that differ from a word in at most a third of its letters, and in two where it is short; the nearest first. */
export const nearNames = (word: string, names: readonly string[], most: number): readonly string[] => {
	const limit = Math.max(2, Math.floor(word.length / 3));
	return names
		.map(name => ({name, distance: editDistance(word, name)}))
		.filter(({distance}) => distance <= limit)
		.sort((left, right) => left.distance - right.distance)
		.slice(0, most)
		.map(({name}) => name);
};
