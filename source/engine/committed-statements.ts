// What a script leaves behind that failed or was cancelled half-way. BigQuery's cancel is best effort, and each statement
// of a script commits for itself unless a transaction holds it. Pure.
import type {JobStatus} from '../ports/warehouse.js';

const changes = /^(?:INSERT|UPDATE|DELETE|MERGE|TRUNCATE|CREATE|DROP|ALTER|LOAD|EXPORT)/;

/**
 * Statement types of the child jobs whose effect stands, in the order they ran: those that changed something, were
 * done without an error, and lie outside of transactions or inside of one that was committed.
 */
export const committedStatements = (children: readonly JobStatus[]): readonly string[] => {
	const committed: string[] = [];
	let pending: string[] | undefined;
	for (const {statementType = '', state, error} of [...children].sort((a, b) => a.createdMs - b.createdMs || (a.id < b.id ? -1 : 1))) {
		if (state !== 'DONE' || error !== undefined) {
			continue;
		}

		switch (statementType) {
			case 'BEGIN_TRANSACTION': {
				pending = [];
				break;
			}

			case 'COMMIT_TRANSACTION': {
				committed.push(...pending ?? []);
				pending = undefined;
				break;
			}

			case 'ROLLBACK_TRANSACTION': {
				pending = undefined;
				break;
			}

			default: {
				if (changes.test(statementType)) {
					(pending ?? committed).push(statementType);
				}
			}
		}
	}

	return committed;
};
