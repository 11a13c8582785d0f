// Keeps secrets out of the journal: values known to be secret in every spelling they travel in, and what looks like one.

const shown = '(hidden)';

/** A value shorter than this is no secret anybody could keep, and would hide half of every text. */
const shortestSecret = 4;

const patterns: readonly {readonly pattern: RegExp; readonly replacement: string}[] = [
	{pattern: /\bBearer [\w.~+/=-]{8,}/g, replacement: `Bearer ${shown}`},
	{pattern: /\bya29\.[\w.-]{10,}/g, replacement: shown},
	{pattern: /\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{5,}/g, replacement: shown},
	{pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----(?:[^-]|-(?!----))*-----END [A-Z ]*PRIVATE KEY-----/g, replacement: shown},
	{pattern: /https:\/\/hooks\.slack\.com\/[\w/.-]+/g, replacement: `https://hooks.slack.com/${shown}`},
	{pattern: /(\b[a-z][a-z\d+.-]*:\/\/[^\s:/"\\@]+):[^\s/"\\@]+@/gi, replacement: `$1:${shown}@`},
	{pattern: /\b((?:password|passwd|secret|api[_-]?key|access[_-]?token|refresh[_-]?token|client[_-]?secret)=)[^\s&"\\]+/gi, replacement: `$1${shown}`},
];

const secretKey = /^(?:password|secret|token|accessToken|refreshToken|privateKey|private_key|clientSecret|webhook|chatWebhook|authorization)$/i;

const escapeJson = (text: string): string => JSON.stringify(text).slice(1, -1);

/** Lone surrogates can't be percent-encoded; they then have no such spelling. */
const tryEncode = (encode: (text: string) => string, text: string): readonly string[] => {
	try {
		return [encode(text)];
	} catch {
		return [];
	}
};

const lowerHex = (text: string): string => text.replaceAll(/%[\dA-F]{2}/g, code => code.toLowerCase());

/** A secret as it stands, percent-encoded (whole, as part of an address, as a form), in Base64, and each inside JSON inside JSON. */
const spellingsOf = (secret: string): readonly string[] => {
	const encoded = [...tryEncode(encodeURIComponent, secret), ...tryEncode(encodeURI, secret), ...tryEncode(text => new URLSearchParams([['', text]]).toString().slice(1), secret)];
	const plain = [secret, ...encoded, ...encoded.map(text => lowerHex(text)), Buffer.from(secret).toString('base64').replace(/=+$/, ''), Buffer.from(secret).toString('base64url')];
	const once = plain.map(text => escapeJson(text));
	const twice = once.map(text => escapeJson(text));
	const slashed = [...plain, ...once].map(text => text.replaceAll('/', String.raw`\/`));
	return [...plain, ...once, ...twice, ...slashed];
};

const escapePattern = (text: string): string => text.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);

/**
 * Builds the redactor of a journal.
 * @param secrets - values known to be secret, such as the webhook address of the settings; shorter than four characters is none.
 * @returns a function that gives the same data without them: strings and keys are cleaned, a value whose key names a secret is hidden whole.
 */
export const createRedactor = (secrets: readonly string[] = []): (<Data>(data: Data) => Data) => {
	const spellings = [...new Set(secrets.filter(secret => secret.length >= shortestSecret).flatMap(secret => spellingsOf(secret)))].sort((a, b) => b.length - a.length);
	// The longest first, all in one pass: what was put in place of one secret can't become part of another.
	const known = spellings.length === 0 ? undefined : new RegExp(spellings.map(spelling => escapePattern(spelling)).join('|'), 'g');
	const cleanText = (text: string): string => {
		let clean = known === undefined ? text : text.replace(known, shown);
		for (const {pattern, replacement} of patterns) {
			clean = clean.replace(pattern, replacement);
		}

		return clean;
	};

	const clean = (value: unknown): unknown => {
		if (typeof value === 'string') {
			return cleanText(value);
		}

		// A number can be a secret too, as a PIN is.
		if (typeof value === 'number' || typeof value === 'bigint') {
			return known !== undefined && String(value).replace(known, '') !== String(value) ? shown : value;
		}

		if (Array.isArray(value)) {
			return value.map(item => clean(item));
		}

		if (typeof value === 'object' && value !== null) {
			return Object.fromEntries(Object.entries(value).map(([key, item]) => [cleanText(key), typeof item === 'string' && item !== '' && secretKey.test(key) ? shown : clean(item)]));
		}

		return value;
	};

	return <Data>(data: Data): Data => clean(data) as Data;
};
