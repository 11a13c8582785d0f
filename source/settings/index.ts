// The door of this room.
import {resolveSettings, type Settings} from './settings.js';
import {readStoredSettings} from './store.js';

export {resolveSettings, secretSettings, secretsOf, type Settings, type SettingsInput} from './settings.js';
export {readStoredSettings} from './store.js';

/**
 * Settings for a command: its flags (commander's camel-cased options), the environment and the settings file.
 * @throws UsageError listing every bad value.
 */
export const loadSettings = async (flags: Readonly<Record<string, unknown>>, env: Readonly<Record<string, string | undefined>>): Promise<Settings> =>
	resolveSettings({flags, env, stored: await readStoredSettings(env)});
