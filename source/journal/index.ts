// The door of this room.
export {JournalLockedError, readLock, takeLock} from './lock.js';
export {findRun, listRuns, runFolder, stateFolder, type FoundRun, type RunFolder} from './locate.js';
export {openJournal, type OpenedJournal, type OpenJournalOptions} from './open.js';
export {JournalDamagedError, readJournal, readJournalBytes, type JournalContent, type JournalProblem} from './read.js';
export {tailJournal} from './tail.js';
export {readSeal} from './seal.js';
export {JournalWriteError} from './write-error.js';
