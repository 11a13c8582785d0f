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

/** Who sends the requests of an embedded warehouse. */
export const localUser = 'operator@local';

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
