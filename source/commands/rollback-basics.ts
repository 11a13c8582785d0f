// What every rollback of EROS needs to know, whichever command starts it.
import {readRollbackHealth} from '../window/rollback-health.js';

/** Table of the caption locks, which a rollback ends by update; and how the health of what stands afterwards is read. */
export const rollbackBasics = {lockTable: 'active_caption_assignments', readHealth: readRollbackHealth} as const;
