// Faults a rehearsal can be asked for by name: each hits a few requests and has a documented way to pass.
import {UsageError} from '../domain/usage-error.js';

type NamedFault = Readonly<Record<string, unknown>> & {readonly kind: string};

const catalogue: Readonly<Record<string, NamedFault>> = {
	'backend-error': {kind: 'status', status: 500, reason: 'backendError', method: 'POST', path: '*/jobs', skip: 40, count: 2},
	'rate-limit': {kind: 'status', status: 429, reason: 'rateLimitExceeded', retryAfterS: 1, method: 'POST', path: '*/jobs', skip: 80, count: 1},
	unavailable: {kind: 'status', status: 503, reason: 'backendError', method: 'GET', path: '*/jobs/*', skip: 60, count: 2},
	'lost-request': {kind: 'drop-before', method: 'POST', path: '*/jobs', skip: 120, count: 1},
	'lost-answer': {kind: 'drop-after', method: 'POST', path: '*/jobs', skip: 160, count: 1},
	'lost-page': {kind: 'lost-page', skip: 2, count: 1},
	slow: {kind: 'latency', ms: 500, path: '*/jobs', skip: 200, count: 3},
};

/**
 * Reads `--faults`: names separated by commas, or `all`.
 * @throws UsageError for a name that is not in the catalogue.
 */
export const namedFaults = (value: unknown): readonly NamedFault[] => {
	if (value === undefined) {
		return [];
	}

	const names = value === 'all' ? Object.keys(catalogue) : String(value).split(',').map(name => name.trim()).filter(name => name !== '');
	return names.map(name => {
		const fault = catalogue[name];
		if (fault === undefined) {
			throw new UsageError([{field: '--faults', value: name, accepted: `all, or names of: ${Object.keys(catalogue).join(', ')}`, fix: 'eros-tui rehearse --faults lost-answer'}]);
		}

		return {name, ...fault};
	});
};
