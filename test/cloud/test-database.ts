import {openDatabase} from '../../source/warehouse/database.js';
import type {Database} from '../../source/warehouse/contract.js';

/** The real database, in memory. */
export const openTestDatabase = async (project: string): Promise<Database> => openDatabase({path: ':memory:', project, threads: 1});
