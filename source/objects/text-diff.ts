// Line differences between two texts, by the longest common subsequence.

export type DiffLine = {readonly kind: 'same' | 'added' | 'removed'; readonly text: string};

/** The longest text of either side that is compared line by line; beyond it the whole texts are shown as replaced. */
const maximumLines = 3000;

const lengths = (before: readonly string[], after: readonly string[]): readonly Uint16Array[] => {
	const table = Array.from({length: before.length + 1}, () => new Uint16Array(after.length + 1));
	for (let i = before.length - 1; i >= 0; i--) {
		const row = table[i]!;
		const below = table[i + 1]!;
		for (let j = after.length - 1; j >= 0; j--) {
			row[j] = before[i] === after[j] ? below[j + 1]! + 1 : Math.max(below[j]!, row[j + 1]!);
		}
	}

	return table;
};

/** Every line of both texts with what became of it, in order. */
export const diffLines = (before: string, after: string): readonly DiffLine[] => {
	const left = before === '' ? [] : before.split('\n');
	const right = after === '' ? [] : after.split('\n');
	if (left.length > maximumLines || right.length > maximumLines) {
		return [...left.map(text => ({kind: 'removed', text}) as const), ...right.map(text => ({kind: 'added', text}) as const)];
	}

	const table = lengths(left, right);
	const result: DiffLine[] = [];
	let i = 0;
	let j = 0;
	while (i < left.length || j < right.length) {
		if (i < left.length && j < right.length && left[i] === right[j]) {
			result.push({kind: 'same', text: left[i]!});
			i++;
			j++;
		} else if (j >= right.length || (i < left.length && table[i + 1]![j]! >= table[i]![j + 1]!)) {
			result.push({kind: 'removed', text: left[i]!});
			i++;
		} else {
			result.push({kind: 'added', text: right[j]!});
			j++;
		}
	}

	return result;
};

const sign = {same: ' ', added: '+', removed: '-'} as const;

/**
 * A readable difference: changed lines with up to `context` unchanged ones around them, gaps as `…`.
 * @returns the empty string when the texts are equal.
 */
export const formatDiff = (before: string, after: string, context = 2): string => {
	const lines = diffLines(before, after);
	if (lines.every(({kind}) => kind === 'same')) {
		return '';
	}

	const isShown = lines.map((_, index) => lines.slice(Math.max(0, index - context), index + context + 1).some(({kind}) => kind !== 'same'));
	const shown: string[] = [];
	for (const [index, line] of lines.entries()) {
		if (isShown[index]) {
			shown.push(`${sign[line.kind]} ${line.text}`.trimEnd());
		} else if (index === 0 || isShown[index - 1]) {
			shown.push('…');
		}
	}

	return shown.join('\n');
};
