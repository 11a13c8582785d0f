// The operator's settings file, kept by `conf` in the platform's configuration folder (or below EROS_HOME).
import path from 'node:path';
import {UsageError} from '../domain/usage-error.js';

/**
 * Reads the stored settings.
 * @returns a plain object; empty when there is no file.
 * @throws UsageError when the file is not JSON.
 */
export const readStoredSettings = async (env: Readonly<Record<string, string | undefined>>): Promise<Readonly<Record<string, unknown>>> => {
	const {default: Conf} = await import('conf');
	const home = env['EROS_HOME'];
	const location = home === undefined || home === '' ? {} : {cwd: path.join(home, 'config')};
	try {
		return {...new Conf<Record<string, unknown>>({projectName: 'eros-tui', projectSuffix: '', configName: 'settings', clearInvalidConfig: false, ...location}).store};
	} catch (error) {
		throw new UsageError([{field: 'settings.json', value: error instanceof Error ? error.message : String(error), accepted: 'a JSON object', fix: `Mend or move the file in ${location.cwd ?? 'the configuration folder of eros-tui'}.`}]);
	}
};
