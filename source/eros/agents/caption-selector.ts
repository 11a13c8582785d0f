// Chooses the candidates of a page's week, by tier, from the captions that no page uses in these days.
import {captionTarget} from '../account-size.js';
import {requireInput, type Agent, type AgentContext, type Upstream} from '../agent.js';
import type {Selection} from '../envelope.js';
import {neededCaptions} from '../schedule/build.js';
import {poolQuotas, selectCaptions, shortfallOf} from '../selection.js';

export const name = 'caption_selector';
export const dependsOn = ['performance_analyzer'] as const;

const select = async (context: AgentContext, upstream: Upstream): Promise<Selection> => {
	const analysis = requireInput(upstream, 'performance_analyzer');
	const segment = analysis.behavioral_segment;
	const quotas = neededCaptions(analysis.account_size, analysis.saturation_status, context.request.mode, segment);
	const target = captionTarget(analysis.account_size, analysis.saturation_score);
	const captions = await selectCaptions({agent: name, round: 0, segment, quotas: poolQuotas(quotas, target)}, context);
	const shortfall = shortfallOf(captions, quotas);
	for (const [tier, missing] of Object.entries(shortfall).filter(([, count]) => count > 0)) {
		context.warn({code: 'POOL_SHORT', text: `the selector found ${missing} fewer ${tier} captions than the week needs`});
	}

	return {segment, quotas, caption_target: target, captions: [...captions], shortfall};
};

export const agent: Agent<typeof name> = {name, dependsOn, run: select};
