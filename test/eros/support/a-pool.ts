// Test builders: captions and inputs.
import type {Caption} from '../../../source/eros/schedule/caption.js';
import type {ScheduleInputs} from '../../../source/eros/schedule/build.js';
import type {Tier} from '../../../source/eros/schedule/volume.js';

const categories = ['Tease', 'Solo', 'Story', 'Holiday', 'Outdoor', 'Shower', 'Dance', 'Travel'];

export const aCaption = (overrides: Partial<Caption> = {}): Caption => ({id: '9000000000001', text: 'A caption', tier: 'mid', category: 'Tease', hasUrgency: false, finalScore: 0.5, explorationValue: 0.5, strategy: 'exploit', ...overrides});

export const aPool = (counts: Readonly<Record<Tier, number>>): readonly Caption[] => {
	let next = 9_000_000_000_001n;
	return (Object.entries(counts) as [Tier, number][]).flatMap(([tier, count]) =>
		Array.from({length: count}, (_, index) => {
			const id = next;
			next += 1n;
			return aCaption({id: String(id), tier, text: `${tier} caption ${index}`, category: categories[Number(id % 8n)]!, finalScore: ((index * 37) % 100) / 100, explorationValue: ((index * 53) % 100) / 100, strategy: index % 5 === 0 ? 'explore' : 'exploit'});
		}),
	);
};

export const plenty = aPool({budget: 24, mid: 24, premium: 24, bump: 48});

export const scheduleInputs = (overrides: Partial<ScheduleInputs> = {}): ScheduleInputs => ({
	pageName: 'test_creator',
	weekStart: '2025-11-03',
	timeZone: 'America/Los_Angeles',
	accountSize: 'MEDIUM',
	zone: 'GREEN',
	mode: 'optimize',
	segment: 'STANDARD',
	windows: [],
	pool: plenty,
	...overrides,
});
