// Keeps secrets out of the journal. Works on JSON text: no pattern can match a quote or a backslash, so the text stays JSON.

const shown = '(hidden)';

const patterns: readonly {readonly pattern: RegExp; readonly replacement: string}[] = [
	{pattern: /\bBearer [\w.~+/=-]{8,}/g, replacement: `Bearer ${shown}`},
	{pattern: /\bya29\.[\w.-]{10,}/g, replacement: shown},
	{pattern: /\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{5,}/g, replacement: shown},
	{pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----(?:[^"-]|-(?!----))*-----END [A-Z ]*PRIVATE KEY-----/g, replacement: shown},
	{pattern: /https:\/\/hooks\.slack\.com\/[\w/.-]+/g, replacement: `https://hooks.slack.com/${shown}`},
	{pattern: /(\b[a-z][a-z\d+.-]*:\/\/[^\s:/"\\@]+):[^\s/"\\@]+@/gi, replacement: `$1:${shown}@`},
	{pattern: /\b((?:password|passwd|secret|api[_-]?key|access[_-]?token|refresh[_-]?token|client[_-]?secret)=)[^\s&"\\]+/gi, replacement: `$1${shown}`},
];

const secretKey = /^(?:password|secret|token|accessToken|refreshToken|privateKey|private_key|clientSecret|webhook|chatWebhook|authorization)$/i;

/**
 * Builds the redactor of a journal.
 * @param secrets values known to be secret, such as the webhook address of the settings.
 */
export const createRedactor = (secrets: readonly string[] = []): ((json: string) => string) => {
	const known = secrets.filter(secret => secret.length > 3).map(secret => JSON.stringify(secret).slice(1, -1));
	return json => {
		let text = json;
		for (const secret of known) {
			text = text.replaceAll(secret, shown);
		}

		for (const {pattern, replacement} of patterns) {
			text = text.replace(pattern, replacement);
		}

		return text;
	};
};

/** For JSON.stringify: hides the value of a key that names a secret. */
export const hideSecretKeys = (key: string, value: unknown): unknown => (typeof value === 'string' && value !== '' && secretKey.test(key) ? shown : value);
