// Whether the terminal gets colour. NO_COLOR wins over everything but an explicit request.
import type {Environment} from './glyphs.js';

export type ColorLevel = 'none' | 'ansi';

/** NO_COLOR (any non-empty value) and FORCE_COLOR=0 mean none; TERM=dumb means none; otherwise the sixteen ANSI colours. */
export const chooseColor = (env: Environment, isTerminal: boolean): ColorLevel => {
	if (env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '') {
		return 'none';
	}

	const forced = env['FORCE_COLOR'];
	if (forced !== undefined) {
		return forced === '0' || forced === 'false' ? 'none' : 'ansi';
	}

	return isTerminal && env['TERM'] !== 'dumb' ? 'ansi' : 'none';
};
