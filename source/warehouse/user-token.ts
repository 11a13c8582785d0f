// Who sends a request. The token of the instance is its operator's; other people get one of their own, made from it, so
// that no list of them has to be kept.
import {createHmac, timingSafeEqual} from 'node:crypto';

/** Whoever holds the token of the instance. */
export const localUser = 'operator@local';

const signatureOf = (secret: string, user: string): string => createHmac('sha256', secret).update(`user:${user}`).digest('base64url');

/** The bearer token of a user of the instance with this secret. */
export const tokenOf = (secret: string, user: string): string => `${Buffer.from(user).toString('base64url')}.${signatureOf(secret, user)}`;

const isEqual = (given: string, wanted: string): boolean => {
	const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
	return a.length === b.length && timingSafeEqual(a, b);
};

/** Whom a bearer token belongs to; undefined for one of somewhere else. */
export const userOf = (secret: string, token: string): string | undefined => {
	if (isEqual(token, secret)) {
		return localUser;
	}

	const [name = '', signature = ''] = token.split('.');
	const user = Buffer.from(name, 'base64url').toString();
	return name !== '' && isEqual(signature, signatureOf(secret, user)) ? user : undefined;
};
