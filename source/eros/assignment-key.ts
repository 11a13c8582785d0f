// The key of a lock: the same page, caption, day and hour always have the same one.
import {createHash} from 'node:crypto';

export type Assignment = {
	readonly captionId: string;
	/** YYYY-MM-DD in the page's zone. */
	readonly date: string;
	/** 0 to 23. */
	readonly hour: number;
};

/** SHA-256 in hex of `page|caption_id|YYYY-MM-DD|hour`. */
export const assignmentKey = (pageName: string, {captionId, date, hour}: Assignment): string =>
	createHash('sha256').update(`${pageName}|${captionId}|${date}|${hour}`, 'utf8').digest('hex');
