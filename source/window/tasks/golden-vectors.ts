// Instants the runtime must show as the business zone does. The warehouse's are in sql/smoke/5-time-zone.sql.

/** UTC instant, and what the business zone shows: the two edges of 2025 and 2026, and a summer day. */
export const zoneVectors: readonly (readonly [utc: string, local: string])[] = [
	['2025-11-02T08:30:00Z', '2025-11-02T01:30:00'],
	['2025-11-02T09:30:00Z', '2025-11-02T01:30:00'],
	['2025-11-03T07:59:59Z', '2025-11-02T23:59:59'],
	['2025-11-03T10:00:00Z', '2025-11-03T02:00:00'],
	['2026-03-08T09:59:00Z', '2026-03-08T01:59:00'],
	['2026-03-08T10:00:00Z', '2026-03-08T03:00:00'],
	['2026-07-01T09:07:00Z', '2026-07-01T02:07:00'],
];

/** Zone the vectors are written for. */
export const vectorZone = 'America/Los_Angeles';
