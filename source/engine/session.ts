// The session contract lives with the ports, where presenters may read it; this keeps the engine's own address of it.
export type {Session} from '../ports/session.js';
