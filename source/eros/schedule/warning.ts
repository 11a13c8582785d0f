// Every reduction, move and broken preference is told; nothing is dropped in silence.

export const warningCodes = ['WEEK_START_MOVED', 'PAST_SLOTS_DROPPED', 'NO_SUCH_LOCAL_TIME', 'DAY_FULL', 'NO_ROOM', 'POOL_SHORT', 'TIER_BORROWED', 'VARIETY', 'MONITOR_UNAVAILABLE', 'FATIGUE_ALERT', 'RESELECTED', 'LOCKS_LEFT', 'EXPORT_SKIPPED', 'STATUS_NOT_SAVED', 'SINK_UNAVAILABLE'] as const;
export type WarningCode = (typeof warningCodes)[number];

export type Warning = {readonly code: WarningCode; readonly text: string};
