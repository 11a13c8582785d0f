// FarmHash's fingerprint64 (published as stable: the value of a text never changes), as FARM_FINGERPRINT has it.
// All sums and products are modulo 2^64. Checksums of whole tables call this once a row, so a 64-bit number is two 32-bit
// halves here, never a bigint: arithmetic works on one accumulator and nothing is allocated but the result.
const k0High = 0xc3_a5_c8_5c | 0;
const k0Low = 0x97_cb_31_27 | 0;
const k1High = 0xb4_92_b6_6f | 0;
const k1Low = 0xbe_98_f2_73 | 0;
const k2High = 0x9a_e1_6a_3b | 0;
const k2Low = 0x2f_90_40_4f;

// The accumulator. Halves are signed, so that the engine keeps them as small integers.
let high = 0;
let low = 0;

// Second results: what `fold` and `weak` give beside the accumulator.
let sideHigh = 0;
let sideLow = 0;

// The running state of texts over 64 bytes.
let xHigh = 0;
let xLow = 0;
let yHigh = 0;
let yLow = 0;
let zHigh = 0;
let zLow = 0;
let v0High = 0;
let v0Low = 0;
let v1High = 0;
let v1Low = 0;
let w0High = 0;
let w0Low = 0;
let w1High = 0;
let w1Low = 0;

const result = new DataView(new ArrayBuffer(8));

function set(otherHigh: number, otherLow: number): void {
	high = otherHigh;
	low = otherLow;
}

function add(otherHigh: number, otherLow: number): void {
	const sum = (low + otherLow) | 0;
	high = (high + otherHigh + (sum >>> 0 < low >>> 0 ? 1 : 0)) | 0;
	low = sum;
}

/** The low halves' 64-bit product comes from 16-bit parts; of the crossed products only the low halves count. */
function multiply(otherHigh: number, otherLow: number): void {
	const a0 = low & 0xff_ff;
	const a1 = low >>> 16;
	const b0 = otherLow & 0xff_ff;
	const b1 = otherLow >>> 16;
	const first = (Math.imul(a1, b0) + (Math.imul(a0, b0) >>> 16)) | 0;
	const second = (Math.imul(a0, b1) + (first & 0xff_ff)) | 0;
	const carried = (Math.imul(a1, b1) + (first >>> 16) + (second >>> 16)) | 0;
	high = (carried + Math.imul(low, otherHigh) + Math.imul(high, otherLow)) | 0;
	low = Math.imul(low, otherLow);
}

/** To the right, by 1 to 31 bits. */
function rotate(bits: number): void {
	const before = high;
	high = (high >>> bits) | (low << (32 - bits));
	low = (low >>> bits) | (before << (32 - bits));
}

/** To the right, by 33 to 63 bits. */
function rotateFar(bits: number): void {
	const before = high;
	high = (low >>> (bits - 32)) | (high << (64 - bits));
	low = (before >>> (bits - 32)) | (low << (64 - bits));
}

function shiftMix(): void {
	low ^= high >>> 15;
}

/** Four bytes, little-endian. */
function half(bytes: Uint8Array, at: number): number {
	return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}

function setWord(bytes: Uint8Array, at: number): void {
	low = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
	high = bytes[at + 4]! | (bytes[at + 5]! << 8) | (bytes[at + 6]! << 16) | (bytes[at + 7]! << 24);
}

function addWord(bytes: Uint8Array, at: number): void {
	const otherLow = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
	const otherHigh = bytes[at + 4]! | (bytes[at + 5]! << 8) | (bytes[at + 6]! << 16) | (bytes[at + 7]! << 24);
	const sum = (low + otherLow) | 0;
	high = (high + otherHigh + (sum >>> 0 < low >>> 0 ? 1 : 0)) | 0;
	low = sum;
}

/** Mixes the accumulator with v. */
function mix(vHigh: number, vLow: number, factorHigh: number, factorLow: number): void {
	high ^= vHigh;
	low ^= vLow;
	multiply(factorHigh, factorLow);
	shiftMix();
	high ^= vHigh;
	low ^= vLow;
	multiply(factorHigh, factorLow);
	shiftMix();
	multiply(factorHigh, factorLow);
}

function upTo16(bytes: Uint8Array, length: number): void {
	const factorLow = k2Low + length * 2;
	if (length >= 8) {
		setWord(bytes, 0);
		add(k2High, k2Low);
		const aHigh = high;
		const aLow = low;
		rotate(25);
		addWord(bytes, length - 8);
		multiply(k2High, factorLow);
		const vHigh = high;
		const vLow = low;
		setWord(bytes, length - 8);
		rotateFar(37);
		multiply(k2High, factorLow);
		add(aHigh, aLow);
		mix(vHigh, vLow, k2High, factorLow);
	} else if (length >= 4) {
		const first = half(bytes, 0);
		set(first >>> 29, (first << 3) | length);
		mix(0, half(bytes, length - 4), k2High, factorLow);
	} else if (length > 0) {
		set(0, length + (bytes[length - 1]! << 2));
		multiply(k0High, k0Low);
		const zOfEndHigh = high;
		const zOfEndLow = low;
		set(0, bytes[0]! + (bytes[length >> 1]! << 8));
		multiply(k2High, k2Low);
		set(high ^ zOfEndHigh, low ^ zOfEndLow);
		shiftMix();
		multiply(k2High, k2Low);
	} else {
		set(k2High, k2Low);
	}
}

/** Mixes rotations of a, b, c with the accumulator (d) and e. The side result is the first of the two numbers mixed. */
function fold(
	aHigh: number,
	aLow: number,
	bHigh: number,
	bLow: number,
	cHigh: number,
	cLow: number,
	eHigh: number,
	eLow: number,
	factorLow: number,
): void {
	const dHigh = high;
	const dLow = low;
	set(bHigh, bLow);
	add(eHigh, eLow);
	rotate(18);
	add(aHigh, aLow);
	add(cHigh, cLow);
	const vHigh = high;
	const vLow = low;
	set(cHigh, cLow);
	rotate(30);
	add(dHigh, dLow);
	const partHigh = high;
	const partLow = low;
	set(aHigh, aLow);
	add(bHigh, bLow);
	rotateFar(43);
	add(partHigh, partLow);
	sideHigh = high;
	sideLow = low;
	mix(vHigh, vLow, k2High, factorLow);
}

/** Folds the first and the last 16 bytes; a is the first word, multiplied already. */
function foldEnds(bytes: Uint8Array, length: number, aHigh: number, aLow: number): void {
	const factorLow = k2Low + length * 2;
	setWord(bytes, length - 8);
	multiply(k2High, factorLow);
	const cHigh = high;
	const cLow = low;
	setWord(bytes, length - 16);
	multiply(k2High, k2Low);
	fold(aHigh, aLow, half(bytes, 12), half(bytes, 8), cHigh, cLow, k2High, k2Low, factorLow);
}

function upTo32(bytes: Uint8Array, length: number): void {
	setWord(bytes, 0);
	multiply(k1High, k1Low);
	foldEnds(bytes, length, high, low);
}

function upTo64(bytes: Uint8Array, length: number): void {
	const factorLow = k2Low + length * 2;
	setWord(bytes, 0);
	multiply(k2High, k2Low);
	const aHigh = high;
	const aLow = low;
	foldEnds(bytes, length, aHigh, aLow);
	addWord(bytes, length - 24);
	multiply(k2High, factorLow);
	const hHigh = high;
	const hLow = low;
	set(sideHigh, sideLow);
	addWord(bytes, length - 32);
	multiply(k2High, factorLow);
	const gHigh = high;
	const gLow = low;
	setWord(bytes, 16);
	multiply(k2High, factorLow);
	const eHigh = high;
	const eLow = low;
	set(hHigh, hLow);
	fold(eHigh, eLow, half(bytes, 28), half(bytes, 24), gHigh, gLow, aHigh, aLow, factorLow);
}

/** Hashes 32 bytes with the seeds a and the accumulator (b). The first of its two numbers is the side result, the second stays. */
function weak(bytes: Uint8Array, at: number, aHigh: number, aLow: number): void {
	const bHigh = high;
	const bLow = low;
	set(aHigh, aLow);
	addWord(bytes, at);
	const cHigh = high;
	const cLow = low;
	addWord(bytes, at + 8);
	addWord(bytes, at + 16);
	const sumHigh = high;
	const sumLow = low;
	addWord(bytes, at + 24);
	sideHigh = high;
	sideLow = low;
	set(sumHigh, sumLow);
	rotateFar(44);
	const turnedHigh = high;
	const turnedLow = low;
	set(bHigh, bLow);
	add(cHigh, cLow);
	addWord(bytes, at + 24);
	rotate(21);
	add(turnedHigh, turnedLow);
	add(cHigh, cLow);
}

/** Takes 64 bytes into the running state. `weight` is 1, and 9 in the last round. */
function round(bytes: Uint8Array, at: number, factorHigh: number, factorLow: number, weight: number): void {
	set(xHigh, xLow);
	add(yHigh, yLow);
	add(v0High, v0Low);
	addWord(bytes, at + 8);
	rotateFar(37);
	multiply(factorHigh, factorLow);
	xHigh = high;
	xLow = low;
	set(w1High, w1Low);
	multiply(0, weight);
	xHigh ^= high;
	xLow ^= low;
	set(yHigh, yLow);
	add(v1High, v1Low);
	addWord(bytes, at + 48);
	rotateFar(42);
	multiply(factorHigh, factorLow);
	yHigh = high;
	yLow = low;
	set(v0High, v0Low);
	multiply(0, weight);
	add(yHigh, yLow);
	addWord(bytes, at + 40);
	yHigh = high;
	yLow = low;
	set(zHigh, zLow);
	add(w0High, w0Low);
	rotateFar(33);
	multiply(factorHigh, factorLow);
	zHigh = high;
	zLow = low;
	set(v1High, v1Low);
	multiply(factorHigh, factorLow);
	const seedHigh = high;
	const seedLow = low;
	set(xHigh, xLow);
	add(w0High, w0Low);
	weak(bytes, at, seedHigh, seedLow);
	v0High = sideHigh;
	v0Low = sideLow;
	v1High = high;
	v1Low = low;
	set(zHigh, zLow);
	add(w1High, w1Low);
	const otherSeedHigh = high;
	const otherSeedLow = low;
	set(yHigh, yLow);
	addWord(bytes, at + 16);
	weak(bytes, at + 32, otherSeedHigh, otherSeedLow);
	w0High = sideHigh;
	w0Low = sideLow;
	w1High = high;
	w1Low = low;
	// x and z change places.
	set(xHigh, xLow);
	xHigh = zHigh;
	xLow = zLow;
	zHigh = high;
	zLow = low;
}

/** The published seed 81 and what is derived from it; x takes the first word as well. */
function start(bytes: Uint8Array): void {
	set(0, 81);
	multiply(k2High, k2Low);
	addWord(bytes, 0);
	xHigh = high;
	xLow = low;
	set(0, 81);
	multiply(k1High, k1Low);
	add(0, 113);
	yHigh = high;
	yLow = low;
	multiply(k2High, k2Low);
	add(0, 113);
	shiftMix();
	multiply(k2High, k2Low);
	zHigh = high;
	zLow = low;
	v0High = 0;
	v0Low = 0;
	v1High = 0;
	v1Low = 0;
	w0High = 0;
	w0Low = 0;
	w1High = 0;
	w1Low = 0;
}

function long(bytes: Uint8Array, length: number): void {
	start(bytes);
	const rest = (length - 1) & 63;
	const end = length - 1 - rest;
	for (let at = 0; at < end; at += 64) {
		round(bytes, at, k1High, k1Low, 1);
	}

	const factorLow = (k1Low + ((zLow & 0xff) << 1)) | 0;
	set(w0High, w0Low);
	add(0, rest);
	w0High = high;
	w0Low = low;
	add(v0High, v0Low);
	v0High = high;
	v0Low = low;
	add(w0High, w0Low);
	w0High = high;
	w0Low = low;
	round(bytes, end + rest - 63, k1High, factorLow, 9);

	set(v1High, v1Low);
	mix(w1High, w1Low, k1High, factorLow);
	add(xHigh, xLow);
	const lastHigh = high;
	const lastLow = low;
	set(yHigh, yLow);
	shiftMix();
	multiply(k0High, k0Low);
	add(zHigh, zLow);
	const partHigh = high;
	const partLow = low;
	set(v0High, v0Low);
	mix(w0High, w0Low, k1High, factorLow);
	add(partHigh, partLow);
	mix(lastHigh, lastLow, k1High, factorLow);
}

/** Signed 64-bit fingerprint of bytes. */
export function farmFingerprint(bytes: Uint8Array): bigint {
	const {length} = bytes;
	if (length <= 16) {
		upTo16(bytes, length);
	} else if (length <= 32) {
		upTo32(bytes, length);
	} else if (length <= 64) {
		upTo64(bytes, length);
	} else {
		long(bytes, length);
	}

	result.setInt32(0, high);
	result.setInt32(4, low);
	return result.getBigInt64(0);
}
