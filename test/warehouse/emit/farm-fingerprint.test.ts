// The fingerprint in 32-bit halves against the plain one in bigints, and against values that BigQuery gives.
import {DuckDBInstance} from '@duckdb/node-api';
import fc from 'fast-check';
import {expect, test} from 'vitest';
import {farmFingerprint} from '../../../source/warehouse/emit/farm-fingerprint.js';
import {installNativeFunctions} from '../../../source/warehouse/emit/native.js';

const k0 = 0xc3_a5_c8_5c_97_cb_31_27n;
const k1 = 0xb4_92_b6_6f_be_98_f2_73n;
const k2 = 0x9a_e1_6a_3b_2f_90_40_4fn;

const wrap = (value: bigint): bigint => BigInt.asUintN(64, value);
const rotate = (value: bigint, bits: bigint): bigint => wrap((value >> bits) | (value << (64n - bits)));
const shiftMix = (value: bigint): bigint => value ^ (value >> 47n);

function mix(u: bigint, v: bigint, factor: bigint): bigint {
	const a = shiftMix(wrap((u ^ v) * factor));
	const b = shiftMix(wrap((v ^ a) * factor));
	return wrap(b * factor);
}

type Pair = readonly [bigint, bigint];

function weak(view: DataView, at: number, a0: bigint, b0: bigint): Pair {
	const z = view.getBigUint64(at + 24, true);
	let a = wrap(a0 + view.getBigUint64(at, true));
	let b = rotate(wrap(b0 + a + z), 21n);
	const c = a;
	a = wrap(a + view.getBigUint64(at + 8, true) + view.getBigUint64(at + 16, true));
	b = wrap(b + rotate(a, 44n));
	return [wrap(a + z), wrap(b + c)];
}

function upTo16(view: DataView, length: number): bigint {
	const factor = wrap(k2 + BigInt(length * 2));
	if (length >= 8) {
		const a = wrap(view.getBigUint64(0, true) + k2);
		const b = view.getBigUint64(length - 8, true);
		return mix(wrap(rotate(b, 37n) * factor + a), wrap((rotate(a, 25n) + b) * factor), factor);
	}

	if (length >= 4) {
		return mix(BigInt(length) + (BigInt(view.getUint32(0, true)) << 3n), BigInt(view.getUint32(length - 4, true)), factor);
	}

	if (length > 0) {
		const y = BigInt(view.getUint8(0) + (view.getUint8(length >> 1) << 8));
		const z = BigInt(length + (view.getUint8(length - 1) << 2));
		return wrap(shiftMix(wrap(y * k2) ^ wrap(z * k0)) * k2);
	}

	return k2;
}

function upTo32(view: DataView, length: number): bigint {
	const factor = wrap(k2 + BigInt(length * 2));
	const a = wrap(view.getBigUint64(0, true) * k1);
	const b = view.getBigUint64(8, true);
	const c = wrap(view.getBigUint64(length - 8, true) * factor);
	const d = wrap(view.getBigUint64(length - 16, true) * k2);
	return mix(wrap(rotate(wrap(a + b), 43n) + rotate(c, 30n) + d), wrap(a + rotate(wrap(b + k2), 18n) + c), factor);
}

function upTo64(view: DataView, length: number): bigint {
	const factor = wrap(k2 + BigInt(length * 2));
	const a = wrap(view.getBigUint64(0, true) * k2);
	const b = view.getBigUint64(8, true);
	const c = wrap(view.getBigUint64(length - 8, true) * factor);
	const d = wrap(view.getBigUint64(length - 16, true) * k2);
	const y = wrap(rotate(wrap(a + b), 43n) + rotate(c, 30n) + d);
	const z = mix(y, wrap(a + rotate(wrap(b + k2), 18n) + c), factor);
	const e = wrap(view.getBigUint64(16, true) * factor);
	const f = view.getBigUint64(24, true);
	const g = wrap((y + view.getBigUint64(length - 32, true)) * factor);
	const h = wrap((z + view.getBigUint64(length - 24, true)) * factor);
	return mix(wrap(rotate(wrap(e + f), 43n) + rotate(g, 30n) + h), wrap(e + rotate(wrap(f + a), 18n) + g), factor);
}

function long(view: DataView, length: number): bigint {
	let x = 81n;
	let y = wrap(81n * k1 + 113n);
	let z = wrap(shiftMix(wrap(y * k2 + 113n)) * k2);
	let v: Pair = [0n, 0n];
	let w: Pair = [0n, 0n];
	x = wrap(x * k2 + view.getBigUint64(0, true));
	const end = Math.floor((length - 1) / 64) * 64;
	const round = (at: number, factor: bigint, nine: bigint): void => {
		x = wrap(rotate(wrap(x + y + v[0] + view.getBigUint64(at + 8, true)), 37n) * factor);
		y = wrap(rotate(wrap(y + v[1] + view.getBigUint64(at + 48, true)), 42n) * factor);
		x ^= wrap(w[1] * nine);
		y = wrap(y + v[0] * nine + view.getBigUint64(at + 40, true));
		z = wrap(rotate(wrap(z + w[0]), 33n) * factor);
		v = weak(view, at, wrap(v[1] * factor), wrap(x + w[0]));
		w = weak(view, at + 32, wrap(z + w[1]), wrap(y + view.getBigUint64(at + 16, true)));
		[z, x] = [x, z];
	};

	for (let at = 0; at < end; at += 64) {
		round(at, k1, 1n);
	}

	const factor = wrap(k1 + ((z & 0xffn) << 1n));
	const rest = (length - 1) & 63;
	const w0 = wrap(w[0] + BigInt(rest));
	v = [wrap(v[0] + w0), v[1]];
	w = [wrap(w0 + v[0]), w[1]];
	round(end + rest - 63, factor, 9n);
	return mix(wrap(mix(v[0], w[0], factor) + shiftMix(y) * k0 + z), wrap(mix(v[1], w[1], factor) + x), factor);
}

/** The definition, written for reading: every number one bigint. */
function plainFingerprint(bytes: Uint8Array): bigint {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const {length} = bytes;
	const value = length <= 16 ? upTo16(view, length) : length <= 32 ? upTo32(view, length) : length <= 64 ? upTo64(view, length) : long(view, length);
	return BigInt.asIntN(64, value);
}

test.each([
	['', -7286425919675154353n],
	['foo', 6150913649986995171n],
])('gives the known value of %j', (text, expected) => {
	expect(farmFingerprint(new TextEncoder().encode(text))).toBe(expected);
	expect(plainFingerprint(new TextEncoder().encode(text))).toBe(expected);
});

/** Bytes that are a window of a larger buffer, as those that DuckDB hands over are. */
const bytesAt = (length: number, offset: number, byteAt: (index: number) => number): Uint8Array => {
	const buffer = new Uint8Array(offset + length + 3).fill(0xa5);
	const window = buffer.subarray(offset, offset + length);
	for (let index = 0; index < length; index++) {
		window[index] = byteAt(index);
	}

	return window;
};

const lengths = Array.from({length: 601}, (_, length) => length);

test.each([
	['all bits clear', () => 0],
	['all bits set', () => 0xff],
	['only the top bits set', () => 0x80],
	['rising bytes', (index: number) => (index * 37 + 11) & 0xff],
])('agrees with the definition at every length from 0 to 600: %s', (_name, byteAt) => {
	const differing = lengths.filter(length => {
		const bytes = bytesAt(length, length % 9, byteAt);
		return farmFingerprint(bytes) !== plainFingerprint(bytes);
	});
	expect(differing).toEqual([]);
});

test('agrees with the definition on any bytes, at any offset, whatever was hashed before', () => {
	const anyLength = fc.oneof(
		fc.uint8Array({maxLength: 16, size: 'max'}),
		fc.uint8Array({minLength: 17, maxLength: 32, size: 'max'}),
		fc.uint8Array({minLength: 33, maxLength: 64, size: 'max'}),
		fc.uint8Array({minLength: 65, maxLength: 600, size: 'max'}),
	);
	fc.assert(
		fc.property(anyLength, fc.nat(15), (content, offset) => {
			const bytes = bytesAt(content.length, offset, index => content[index]!);
			expect(farmFingerprint(bytes)).toBe(plainFingerprint(bytes));
		}),
		{numRuns: 3000},
	);
});

test('gives each row of a column its own fingerprint, and NULL for NULL', async () => {
	const instance = await DuckDBInstance.create(':memory:', {threads: '1'});
	const connection = await instance.connect();
	try {
		installNativeFunctions(connection);
		// More rows than one chunk has; texts that DuckDB keeps in the vector (up to 12 bytes) and texts that it points to.
		const reader = await connection.runAndReadAll(`
			SELECT text, bq_farm_fingerprint(encode(text))
			FROM (SELECT if(n % 7 = 3, NULL, left(repeat(md5(n::VARCHAR), 4), n % 129)) AS text FROM range(5000) AS r(n))
		`);
		const rows = reader.getRows();
		const expected = rows.map(([text]) => (text === null ? null : plainFingerprint(new TextEncoder().encode(String(text)))));
		expect(rows.length).toBe(5000);
		expect(expected.filter(value => value === null).length).toBe(714);
		expect(rows.map(([, value]) => value)).toEqual(expected);
	} finally {
		connection.closeSync();
		instance.closeSync();
	}
});
