// Results of finished jobs, kept for paging: the newest in memory, small ones of named jobs also in the database, so that
// a client can still read them after the warehouse was restarted.
import type {Database, ResultSet} from '../contract.js';

const maximumCells = 6_000_000;
const maximumStoredCells = 20_000;

const cellsOf = (result: ResultSet): number => (result.rows.length * Math.max(1, result.columns.length)) + 1;

export type ResultShelf = {
	keep: (jobId: string, result: ResultSet) => void;
	/** Stores the result when it is small enough. */
	store: (jobId: string, result: ResultSet) => Promise<void>;
	forget: (jobId: string) => Promise<void>;
	find: (jobId: string) => Promise<ResultSet | undefined>;
};

export const createResultShelf = (state: Database['state']): ResultShelf => {
	const shelf = new Map<string, ResultSet>();
	let cells = 0;
	return {
		keep(jobId, result) {
			shelf.set(jobId, result);
			cells += cellsOf(result);
			for (const [oldest, entry] of shelf) {
				if (cells <= maximumCells || oldest === jobId) {
					break;
				}

				shelf.delete(oldest);
				cells -= cellsOf(entry);
			}
		},
		async store(jobId, result) {
			if (cellsOf(result) <= maximumStoredCells) {
				await state.write(`result/${jobId}`, result);
			}
		},
		async forget(jobId) {
			const known = shelf.get(jobId);
			if (known !== undefined) {
				shelf.delete(jobId);
				cells -= cellsOf(known);
			}

			await state.remove(`result/${jobId}`);
		},
		async find(jobId) {
			return shelf.get(jobId) ?? ((await state.read(`result/${jobId}`)) as ResultSet | undefined);
		},
	};
};
