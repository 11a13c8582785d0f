// Whether a schedule may leave the house.
import type {Zone} from '../schedule/saturation.js';

export type ExportQuestion = {
	/** Breaches of the schedule's rules; empty means valid. */
	readonly problems: readonly string[];
	readonly zone: Zone;
	readonly isAutoExport: boolean;
	/** A person insists: overrides RED and automatic export being off, never an invalid schedule. */
	readonly isForced: boolean;
};

export type ExportAnswer = {readonly mayExport: true} | {readonly mayExport: false; readonly reason: string};

/** Why a page that is worn out stays in the house. */
export const pageIsRed = 'the page is RED';

/** The export gate: valid, not RED, automatic export on. */
export const decideExport = ({problems, zone, isAutoExport, isForced}: ExportQuestion): ExportAnswer => {
	if (problems.length > 0) {
		return {mayExport: false, reason: `invalid: ${problems.slice(0, 3).join('; ')}`};
	}

	if (isForced) {
		return {mayExport: true};
	}

	if (!isAutoExport) {
		return {mayExport: false, reason: 'automatic export is off'};
	}

	return zone === 'RED' ? {mayExport: false, reason: pageIsRed} : {mayExport: true};
};
