/** Table of the caption locks, which a rollback ends by update. */
export const lockTable = 'active_caption_assignments';
