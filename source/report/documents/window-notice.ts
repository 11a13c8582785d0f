// The notice before a window: when it is, what it changes, and the whole plan of the window as a document to share.
import {tasksOf, type WindowSpec} from '../../domain/window.js';
import {formatSpan} from '../../domain/wording/duration.js';
import {formatInstant} from './deployment-summary.js';

export type NoticeContent = {
	readonly project: string;
	readonly dataset: string;
	readonly timeZone: string;
	readonly startsAtMs: number;
	readonly windowMs: number;
	readonly run: string;
	/** What the low-traffic hour was read from, in words. */
	readonly traffic: string;
};

/** Subject and text of the notice to the team. */
export const renderWindowNotice = ({project, dataset, timeZone, startsAtMs, windowMs, run, traffic}: NoticeContent): {readonly subject: string; readonly text: string} => ({
	subject: `EROS deployment window, ${formatInstant(startsAtMs, timeZone)}`,
	text: `EROS on ${project}.${dataset} is deployed in this window:

- from ${formatInstant(startsAtMs, timeZone)}
- to ${formatInstant(startsAtMs + windowMs, timeZone)}
- traffic: ${traffic}

Work happens in a staging dataset until the five gate tests have passed. Production changes only after a person has
typed the phrase of the plan, from a restore point that was restored once and compared. Monitoring follows for 24 hours.

Run ${run}. The plan of the window is attached.
`,
});

/** The window with every task and criterion as Markdown. */
export const renderWindowPlan = (window: WindowSpec): string => `# EROS, deployment window

${window.phases.map(phase => `## Phase ${phase.id}, ${phase.title.toLowerCase()}

${phase.tasks.map(task => `### ${task.id} ${task.title}

Expected ${formatSpan(task.expectedMs)}. After ${task.dependsOn.length === 0 ? 'nothing' : task.dependsOn.join(', ')}. Way back: ${task.undo}.

${task.criteria.map(({text}) => `- ${text}`).join('\n')}`).join('\n\n')}`).join('\n\n')}

${tasksOf(window).length} tasks, ${tasksOf(window).reduce((sum, task) => sum + task.criteria.length, 0)} criteria.
`;
