// The exit codes of every command but `health` and `check`, which have their own.

export const exitCode = {
	done: 0,
	failed: 1,
	usage: 2,
	changesPending: 3,
	authentication: 4,
	approvalNeeded: 5,
	healthGateRolledBack: 6,
	needsPerson: 7,
	locked: 8,
	bug: 70,
	hangup: 129,
	interrupted: 130,
	terminated: 143,
} as const;
