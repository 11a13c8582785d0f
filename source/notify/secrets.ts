// Secrets that must not reach a journal, a draft or an error text.

/** Replaces every occurrence of a secret. A webhook's address is one: who has it can post. */
export const withoutSecrets = (text: string, secrets: readonly (string | undefined)[]): string =>
	secrets.reduce<string>((clean, secret) => (secret === undefined || secret.length < 4 ? clean : clean.replaceAll(secret, '(hidden)')), text);
