// The functions of domain section 3, through the official client.
import fc from 'fast-check';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {startSql, type Sql} from './support.js';

let sql: Sql;
beforeAll(async () => {
	sql = await startSql();
});
afterAll(async () => {
	await sql.close();
});

/** Evaluates one expression for each of the given argument lists, in one query and in order. */
const evaluate = async (expressions: readonly string[]): Promise<readonly unknown[]> => {
	const rows = await sql.rows<{value: unknown}>(expressions.map((expression, index) => `SELECT ${index} AS position, ${expression} AS value`).join('\nUNION ALL ') + '\nORDER BY position');
	return rows.map(({value}) => value);
};

type Bounds = {readonly lower_bound: number; readonly upper_bound: number; readonly exploration_bonus: number};
const boundsOf = async (counts: readonly (readonly [number | null, number | null])[]): Promise<readonly Bounds[]> =>
	sql.rows<Bounds>(`SELECT bounds.lower_bound, bounds.upper_bound, bounds.exploration_bonus
		FROM (SELECT position, eros.wilson_score_bounds(s, f) AS bounds
			FROM UNNEST([STRUCT<position INT64, s INT64, f INT64> ${counts.map(([s, f], index) => `(${index}, ${s}, ${f})`).join(', ')}]))
		ORDER BY position`);

describe('wilson_score_bounds', () => {
	const vectors: readonly (readonly [number, number, number, number, number])[] = [
		[0, 0, 0, 1, 1],
		[1, 0, 0.2065432915, 1, 0.7071067812],
		[0, 1, 0, 0.7934567085, 0.7071067812],
		[1, 1, 0.0945286548, 0.9054713452, 0.5773502692],
		[2, 1, 0.2076549551, 0.9385096847, 0.5],
		[1, 3, 0.0455860626, 0.6993639476, 0.4472135955],
		[5, 0, 0.5655085052, 1, 0.4082482905],
		[0, 5, 0, 0.4344914948, 0.4082482905],
		[10, 5, 0.4171312515, 0.8482389931, 0.25],
		[10, 10, 0.2992949144, 0.7007050856, 0.2182178902],
		[20, 10, 0.4877972581, 0.8076970447, 0.179605302],
		[50, 50, 0.4038298286, 0.5961701714, 0.099503719],
		[70, 30, 0.6041496157, 0.7810524613, 0.099503719],
		[90, 10, 0.8256326956, 0.9447714584, 0.099503719],
		[10, 90, 0.0552285416, 0.1743673044, 0.099503719],
		[5, 50, 0.0394575733, 0.1957773625, 0.133630621],
		[100, 0, 0.9630051925, 1, 0.099503719],
		[0, 100, 0, 0.0369948075, 0.099503719],
		[100, 100, 0.4313596221, 0.5686403779, 0.0705345616],
		[500, 500, 0.4690690342, 0.5309309658, 0.0316069771],
		[1000, 9000, 0.0942727277, 0.1060344823, 0.0099995],
	];

	it('gives the interval of every vector to 1e-9', async () => {
		const found = await boundsOf(vectors.map(([s, f]) => [s, f]));
		for (const [index, [s, f, lower, upper, bonus]] of vectors.entries()) {
			const {lower_bound: l, upper_bound: u, exploration_bonus: b} = found[index]!;
			expect(Math.abs(l - lower), `lower of (${s},${f}): ${l}`).toBeLessThan(1e-9);
			expect(Math.abs(u - upper), `upper of (${s},${f}): ${u}`).toBeLessThan(1e-9);
			expect(Math.abs(b - bonus), `bonus of (${s},${f}): ${b}`).toBeLessThan(1e-9);
		}
	});

	it('takes NULL and negative counts for 0, and never leaves [0, 1]', async () => {
		const found = await boundsOf([[null, null], [null, 5], [5, null], [-3, 5], [5, -3], [0, 5], [5, 0]]);
		const close = (bounds: Bounds, lower: number, upper: number): void => {
			expect(bounds.lower_bound).toBeCloseTo(lower, 9);
			expect(bounds.upper_bound).toBeCloseTo(upper, 9);
			expect(bounds.lower_bound).toBeGreaterThanOrEqual(0);
			expect(bounds.upper_bound).toBeLessThanOrEqual(1);
		};

		close(found[0]!, 0, 1);
		expect(found[0]!.exploration_bonus).toBe(1);
		for (const index of [1, 3, 5]) {
			close(found[index]!, 0, 0.4344914948);
		}

		for (const index of [2, 4, 6]) {
			close(found[index]!, 0.5655085052, 1);
		}
	});

	it('holds the proportion, mirrors when the counts are swapped, and narrows with evidence', async () => {
		const samples = fc.sample(fc.tuple(fc.integer({min: 0, max: 5000}), fc.integer({min: 0, max: 5000})), {numRuns: 300, seed: 20_251_103}).filter(([s, f]) => s + f > 0);
		const found = await boundsOf(samples);
		const mirrored = await boundsOf(samples.map(([s, f]) => [f, s]));
		const grown = await boundsOf(samples.map(([s, f]) => [s * 4, f * 4]));
		for (const [index, [s, f]] of samples.entries()) {
			const {lower_bound: lower, upper_bound: upper} = found[index]!;
			const label = `(${s},${f})`;
			expect(lower, label).toBeGreaterThanOrEqual(0);
			expect(lower, label).toBeLessThanOrEqual(s / (s + f) + 1e-12);
			expect(upper, label).toBeGreaterThanOrEqual(s / (s + f) - 1e-12);
			expect(upper, label).toBeLessThanOrEqual(1);
			expect(Math.abs(lower - (1 - mirrored[index]!.upper_bound)), label).toBeLessThan(1e-12);
			expect(grown[index]!.upper_bound - grown[index]!.lower_bound, label).toBeLessThan(upper - lower);
		}
	});
});

describe('wilson_sample', () => {
	const vectors: readonly (readonly [number, number, readonly [number, number, number, number]])[] = [
		[0, 0, [0, 0.211325, 0.788675, 1]],
		[1, 1, [0, 0.211325, 0.788675, 1]],
		[5, 0, [0.614656, 0.733425, 0.980861, 1]],
		[0, 5, [0, 0.019139, 0.266575, 0.385344]],
		[1, 3, [0, 0.056351, 0.443649, 0.629552]],
		[10, 5, [0.435678, 0.548816, 0.784518, 0.897655]],
		[20, 10, [0.50072, 0.582, 0.751333, 0.832613]],
		[50, 50, [0.402486, 0.450248, 0.549752, 0.597514]],
		[70, 30, [0.610627, 0.654402, 0.745598, 0.789373]],
		[90, 10, [0.841492, 0.870149, 0.929851, 0.958508]],
		[10, 90, [0.041492, 0.070149, 0.129851, 0.158508]],
		[500, 500, [0.469025, 0.484197, 0.515803, 0.530975]],
	];

	const posterior = async (at: readonly (readonly [number, number, number])[]): Promise<readonly number[]> => {
		const rows = await sql.rows<{value: number}>(`SELECT eros.wilson_sample_z(s, f, z) AS value
			FROM UNNEST([STRUCT<position INT64, s INT64, f INT64, z FLOAT64> ${at.map(([s, f, z], index) => `(${index}, ${s}, ${f}, ${z})`).join(', ')}])
			ORDER BY position`);
		return rows.map(({value}) => value);
	};

	it('is the posterior at z = -1.96, -1, 1 and 1.96', async () => {
		const wanted = vectors.flatMap(([s, f]) => [-1.96, -1, 1, 1.96].map(z => [s, f, z] as const));
		const found = await posterior(wanted);
		for (const [index, expected] of vectors.flatMap(([,, values]) => values).entries()) {
			expect(Math.abs(found[index]! - expected), `(${wanted[index]!.join(', ')}): ${found[index]}`).toBeLessThan(1e-6);
		}
	});

	it('has the mean and the spread of the table', async () => {
		const found = await posterior(vectors.flatMap(([s, f]) => [[s, f, 0], [s, f, 0.1]] as const));
		const means = [0.5, 0.5, 0.8571428571, 0.1428571429, 0.25, 2 / 3, 2 / 3, 0.5, 0.7, 0.9, 0.1, 0.5];
		const spreads = [0.2886751346, 0.2886751346, 0.1237179148, 0.1237179148, 0.1936491673, 0.1178511302, 0.0846667513, 0.0497518595, 0.0455983324, 0.0298511157, 0.0298511157, 0.0158034885];
		for (const [index, mean] of means.entries()) {
			expect(found[2 * index]).toBeCloseTo(mean, 9);
			expect(found[2 * index + 1]! - found[2 * index]!).toBeCloseTo(spreads[index]! / 10, 9);
		}
	});

	it('transforms uniform values as Box and Muller do', async () => {
		const found = await evaluate(['0.5, 0.25', '0.5, 0.0', '0.1, 0.5', '0.9, 0.125', '1.0, 0.3', '1e-12, 0.0'].map(pair => `eros.box_muller(${pair})`));
		for (const [index, expected] of [0, 1.1774100225, -2.1459660263, 0.324592846, 0, 7.4338443777].entries()) {
			expect(found[index]).toBeCloseTo(expected, 9);
		}
	});

	it('draws 1,000 different values around the mean within one query', async () => {
		const draw = await sql.row<{n: number; different: number; low: number; high: number; mean: number; sd: number}>(`
			SELECT COUNT(*) AS n, COUNT(DISTINCT x) AS different, MIN(x) AS low, MAX(x) AS high, AVG(x) AS mean, STDDEV_SAMP(x) AS sd
			FROM (SELECT eros.wilson_sample(50, 50) AS x FROM UNNEST(GENERATE_ARRAY(1, 1000)))`);
		expect(draw.n).toBe(1000);
		expect(draw.different).toBeGreaterThan(990);
		expect(draw.low).toBeGreaterThanOrEqual(0);
		expect(draw.high).toBeLessThanOrEqual(1);
		expect(Math.abs(draw.mean - 0.5)).toBeLessThan(0.006);
		expect(Math.abs(draw.sd - 0.0498)).toBeLessThan(0.005);
	});
});

describe('keys', () => {
	it('hash the normalised text of a caption', async () => {
		const vectors: readonly (readonly [string, string, string])[] = [
			['test', 'test', '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
			['Test message 123', 'test message 123', '14277a56629a382a1a4ddff3d37d3228ead2fa8470a086aa5be861b35fd320cd'],
			['Hello World!', 'hello world', 'b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9'],
			['  Hello   World ', 'hello world', 'b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9'],
			['🔥 Hot content here 🔥', 'hot content here', 'b238bd72466413b3c4c82c96eda8de2cdb7f73fea9f4328c290bb781b6875d1e'],
			['Check your DMs 💌', 'check your dms', 'ffd6c81de0c5736d6ba53d5f6379238b0e67972033d0b93f28ba17c89a975678'],
			['$25 OFF today!!!', '25 off today', '683128b3e40b64cde8a01e7310b00e86215a386bbf17cdca1271c2ad844714e1'],
			['', '', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
		];
		const found = await evaluate(vectors.flatMap(([text]) => [`eros.caption_text_norm('${text}')`, `eros.caption_key_v2('${text}')`, `eros.caption_key('${text}')`]));
		expect(found).toEqual(vectors.flatMap(([, norm, key]) => [norm, key, key]));
		expect(await evaluate(['eros.caption_key_v2(NULL)', 'eros.caption_key(NULL)'])).toEqual([null, null]);
	});

	it('name a lock by page, caption, date and hour', async () => {
		expect(await evaluate([
			'eros.assignment_key(\'test_creator\', 12345, DATE \'2025-11-03\', 10)',
			'eros.assignment_key(\'test_creator\', -2194714712821639177, DATE \'2025-11-03\', 9)',
			'eros.assignment_key(\'test_creator\', NULL, DATE \'2025-11-03\', 9)',
		])).toEqual(['bf05c0c9c02da9a3e5d6a266fbc96234503d08e75084cb033795c2823ec06625', '4f0f1c96f16494c6a2a80179d85f4d10500c1f9d4d04f1d23c5ae29e93a765ed', null]);
	});
});

describe('business time', () => {
	it('follows Los Angeles through both changes of the clock', async () => {
		const vectors: readonly (readonly [string, string, number, number])[] = [
			['2025-11-02T08:30:00Z', '2025-11-02', 1, 1],
			['2025-11-02T09:30:00Z', '2025-11-02', 1, 1],
			['2025-11-03T07:59:59Z', '2025-11-02', 23, 1],
			['2025-11-03T10:00:00Z', '2025-11-03', 2, 2],
			['2026-03-08T09:59:00Z', '2026-03-08', 1, 1],
			['2026-03-08T10:00:00Z', '2026-03-08', 3, 1],
			['2026-07-01T09:07:00Z', '2026-07-01', 2, 4],
		];
		const found = await sql.rows(vectors.map(([at], index) => `SELECT ${index} AS n, eros.la_date(TIMESTAMP '${at}') AS date, eros.la_hour(TIMESTAMP '${at}') AS hour, eros.la_dayofweek(TIMESTAMP '${at}') AS dow`).join(' UNION ALL ') + ' ORDER BY n');
		expect(found).toEqual(vectors.map(([, date, hour, dow], n) => ({n, date, hour, dow})));
	});
});

describe('captions and selection', () => {
	it('map raw labels to the four tiers', async () => {
		const labels: Readonly<Record<string, string | null>> = {low: 'budget', budget: 'budget', mid: 'mid', standard: 'mid', HIGH: 'premium', premium: 'premium', Luxury: 'premium', vip: 'premium', bump: 'bump', ' free ': 'bump', gold: null, '': null};
		expect(await evaluate([...Object.keys(labels).map(label => `eros.canonical_tier('${label}')`), 'eros.canonical_tier(NULL)'])).toEqual([...Object.values(labels), null]);
	});

	it('score the example of the definition', async () => {
		const [example, penalised] = await evaluate(['eros.selection_score(0.6, 0.25, 45.67, 0.0, 1.25)', 'eros.selection_score(0.0, -0.5, 0.0, -0.5, 1.0)']);
		expect(example).toBeCloseTo(0.638505, 6);
		expect(penalised).toBe(0);
		// An outlier weighs like 100 USD.
		const [outlier, capped, best] = await evaluate(['eros.selection_score(0.6, 0.25, 5000.0, 0.0, 1.25)', 'eros.selection_score(0.6, 0.25, 100.0, 0.0, 1.25)', 'eros.selection_score(1.0, 0.25, 5000.0, 0.0, 1.25)']);
		expect(outlier).toBe(capped);
		expect(best).toBeCloseTo(1, 12);
	});

	it('know both names of an audience', async () => {
		expect(await evaluate([
			'eros.segment_multiplier(\'High-Value/Price-Insensitive\', \'premium\')', 'eros.segment_multiplier(\'LUXURY\', \'premium\')', 'eros.segment_multiplier(\'PREMIUM\', \'mid\')',
			'eros.segment_multiplier(\'Budget-Conscious\', \'mid\')', 'eros.segment_multiplier(\'BUDGET\', \'budget\')', 'eros.segment_multiplier(\'BUDGET\', \'premium\')',
			'eros.segment_multiplier(\'STANDARD\', \'premium\')', 'eros.segment_multiplier(\'EXPLORATORY\', \'premium\')', 'eros.segment_multiplier(NULL, \'premium\')',
		])).toEqual([1.25, 1.25, 1, 1.15, 1.15, 1, 1, 1, 1]);
	});

	it('remember swept locks as use, and no others that ended', async () => {
		expect(await evaluate(['TRUE, NULL', 'FALSE, \'PAST_SEND_DATE\'', 'FALSE, \'STALE_7DAY\'', 'FALSE, \'ROLLBACK\'', 'FALSE, \'MANUAL\'', 'FALSE, \'TEST_CLEANUP\'', 'NULL, NULL'].map(pair => `eros.counts_as_used(${pair})`)))
			.toEqual([true, true, true, false, false, false, false]);
	});
});
