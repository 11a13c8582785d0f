// Who acts. Credentials are looked for on this machine first; nothing is asked over the network when there are none.
import {access, readFile} from 'node:fs/promises';
import path from 'node:path';
import type {AuthClient} from 'google-auth-library';
import {z} from 'zod';
import type {Identity} from '../../ports/outside.js';
import {WarehouseError} from '../../ports/warehouse.js';
import {toWarehouseError} from '../bigquery/failure.js';

const credentialsFile = z.object({type: z.string(), client_email: z.string().optional(), account: z.string().optional()});
type CredentialsFile = z.infer<typeof credentialsFile>;

export type FoundCredentials = {readonly path: string; readonly content: CredentialsFile};

const noCredentials = (detail: string): WarehouseError => new WarehouseError('unauthenticated', `${detail} Run gcloud auth application-default login, then start again.`);

/**
 * The Application Default Credentials of this machine.
 * @throws WarehouseError 'unauthenticated' when there are none or they cannot be read.
 */
export const findCredentials = async (env: Readonly<Record<string, string | undefined>>, homeFolder: string): Promise<FoundCredentials> => {
	const named = env['GOOGLE_APPLICATION_CREDENTIALS'];
	const configFolder = env['CLOUDSDK_CONFIG'] ?? path.join(env['HOME'] ?? homeFolder, '.config', 'gcloud');
	const file = named === undefined || named === '' ? path.join(configFolder, 'application_default_credentials.json') : named;
	try {
		await access(file);
	} catch {
		throw noCredentials(named === undefined || named === '' ? 'There are no Google credentials on this machine.' : `GOOGLE_APPLICATION_CREDENTIALS names ${file}, which does not exist.`);
	}

	try {
		return {path: file, content: credentialsFile.parse(JSON.parse(await readFile(file, 'utf8')))};
	} catch {
		throw noCredentials(`The credentials in ${file} cannot be read.`);
	}
};

/** Who the embedded warehouse takes the caller for: its operator, or whom a token of EROS_WAREHOUSE_TOKEN belongs to. */
export const createLocalIdentity = (askedOfWarehouse?: () => Promise<string>): Identity => ({whoAmI: async () => ({principal: await askedOfWarehouse?.() ?? 'operator@local', kind: 'local'})});

const tokenInfo = z.object({email: z.string().optional(), expiry_date: z.number().optional(), exp: z.union([z.string(), z.number()]).transform(Number).optional()});

/** The owner of the Application Default Credentials. */
export const createGoogleIdentity = (credentials: FoundCredentials, client: () => Promise<AuthClient>): Identity => ({
	async whoAmI() {
		try {
			const authClient = await client();
			const {token} = await authClient.getAccessToken();
			if (token === null || token === undefined) {
				throw noCredentials('The credentials gave no access token.');
			}

			const {expiry_date: expiry} = authClient.credentials;
			const {content} = credentials;
			if (content.client_email !== undefined) {
				return {principal: content.client_email, kind: 'service-account', ...(typeof expiry === 'number' ? {tokenExpiresAtMs: expiry} : {})};
			}

			const {data} = await authClient.request({url: 'https://oauth2.googleapis.com/tokeninfo', method: 'POST', data: new URLSearchParams({access_token: token})});
			const info = tokenInfo.parse(data);
			const tokenExpiresAtMs = typeof expiry === 'number' ? expiry : (info.exp === undefined ? undefined : info.exp * 1000);
			return {principal: info.email ?? (content.account === undefined || content.account === '' ? content.type : content.account), kind: 'user', ...(tokenExpiresAtMs === undefined ? {} : {tokenExpiresAtMs})};
		} catch (error) {
			const failure = toWarehouseError(error);
			throw failure.kind === 'invalid' ? noCredentials('The credentials have expired or were revoked.') : failure;
		}
	},
});
