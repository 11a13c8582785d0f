// One planned message, as it is stored in schedule_json and handed to the sinks.
import {z} from 'zod';

const [leastId, mostId] = [-(2n ** 63n), 2n ** 63n - 1n];

/** Signed 64-bit integer in decimal, written in its one way; as text because it exceeds what a JSON number holds. */
export const captionIdSchema = z.string()
	.regex(/^(?:0|-?[1-9]\d{0,18})$/)
	.refine(text => !/^-?\d{19}$/.test(text) || (BigInt(text) >= leastId && BigInt(text) <= mostId), `a whole number from ${leastId} to ${mostId} as text`);

/** Text with more than white space in it. */
export const filledTextSchema = z.string().regex(/\S/);

/** Zones that were found to exist. Asking takes as long as all else that is checked of a message, and each message asks. */
const known = new Set<string>();

const isTimeZone = (name: string): boolean => {
	if (known.has(name)) {
		return true;
	}

	try {
		new Intl.DateTimeFormat('en', {timeZone: name}).format(0);
		known.add(name);
		return true;
	} catch {
		return false;
	}
};

/** A zone of the IANA database. */
export const timeZoneSchema = z.string().min(1).refine(isTimeZone, 'an IANA time zone such as America/Los_Angeles');

export const messageSchema = z.strictObject({
	/** From 1, in time order. */
	index: z.number().int().min(1),
	type: z.enum(['PPV', 'Bump']),
	/** Instant with the zone's offset. */
	send_at: z.iso.datetime({offset: true}),
	/** Wall clock of the page, YYYY-MM-DD HH:MM:SS. */
	send_local: z.string().regex(/^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]) (?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d$/),
	time_zone: timeZoneSchema,
	day_of_week: z.enum(['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']),
	caption_id: captionIdSchema,
	caption_text: filledTextSchema,
	tier: z.enum(['budget', 'mid', 'premium', 'bump']),
	category: z.string(),
	has_urgency: z.boolean(),
	/** Final score of the selector; 0 for free messages. */
	performance_score: z.number().min(0).max(1),
	/** Whole dollars; 0 for free messages. */
	price: z.number().int().min(0).max(100),
	trigger: z.string(),
	strategy: z.enum(['explore', 'exploit']),
});

export type ScheduledMessage = z.infer<typeof messageSchema>;
