// What the route families share.
import type {WarehouseClock} from '../clock.js';
import type {Database} from '../contract.js';
import type {Faults} from '../faults.js';
import {ApiError} from './api-error.js';
import type {JobService} from './job-service.js';
import type {RestRequest} from './router.js';

export type Wire = {
	readonly database: Database;
	readonly clock: WarehouseClock;
	readonly faults: Faults;
	readonly jobs: JobService;
	/** `http://127.0.0.1:PORT`, for self links and discovery; known once the server listens. */
	readonly origin: () => string;
};

/**
 * Refuses a project other than the one of this warehouse.
 * @throws ApiError 404 as BigQuery says it.
 */
export const requireProject = (wire: Wire, request: RestRequest): void => {
	const {project} = request.params;
	if (project !== undefined && project !== wire.database.project) {
		throw new ApiError(404, 'notFound', `Not found: Project ${project}`);
	}
};

/** Whether `If-Match` allows a change of something with this etag. */
export const matchesEtag = (request: RestRequest, etag: string): boolean => {
	const wanted = request.headers['if-match'];
	return wanted === undefined || wanted === '*' || wanted.replaceAll('"', '') === etag.replaceAll('"', '');
};

/** Runs pieces of work on the same thing one after the other: a check of an etag and the change it allows are one step. */
export const createTurns = (): (<T>(name: string, work: () => Promise<T>) => Promise<T>) => {
	const tails = new Map<string, Promise<unknown>>();
	return async (name, work) => {
		const before = tails.get(name) ?? Promise.resolve();
		const result = before.then(work);
		const tail = result.catch(() => undefined);
		tails.set(name, tail);
		try {
			return await result;
		} finally {
			if (tails.get(name) === tail) {
				tails.delete(name);
			}
		}
	};
};
