// `eros-tui show`: what a run did, task by task and criterion by criterion.
import {countVerdicts, type Verdict} from '../domain/criterion.js';
import {foldEvents} from '../domain/run-reducer.js';
import type {RunState, Step} from '../domain/run-state.js';
import {formatMoney} from '../domain/wording/amount.js';
import {formatDuration} from '../domain/wording/duration.js';
import {describeProduction} from '../domain/wording/production.js';
import {describeCriteria} from '../report/fact.js';
import type {CommandRun} from './command.js';
import {exitCode} from './exit-codes.js';
import {readRun} from './find-run.js';

const marks = {auto: '✓', attested: '✓', 'n/a': '-', failed: '✗', 'no-data': '!', unchecked: '·'} as const satisfies Record<Verdict['kind'], string>;

const because = (verdict: Verdict): string => {
	switch (verdict.kind) {
		case 'unchecked': {
			return 'unchecked';
		}

		case 'auto': {
			return verdict.evidence;
		}

		case 'attested': {
			return `attested by ${verdict.by}: ${verdict.note}`;
		}

		default: {
			return `${verdict.kind}: ${verdict.reason}`;
		}
	}
};

const stateLine = ({state}: Step): string => {
	switch (state.kind) {
		case 'passed': {
			return `passed in ${formatDuration(state.durationMs)}  ${state.summary}`;
		}

		case 'failed': {
			return `failed after ${formatDuration(state.durationMs)}  ${state.failure.message}`;
		}

		case 'skipped':
		case 'cancelled':
		case 'stale':
		case 'blocked': {
			return `${state.kind}: ${state.reason}`;
		}

		default: {
			return state.kind;
		}
	}
};

const stepLines = (step: Step): readonly string[] => [
	`${step.task.id}  ${step.task.title}  ${stateLine(step)}`,
	...step.task.criteria.map(criterion => {
		const verdict = step.verdicts.get(criterion.id) ?? {kind: 'unchecked' as const};
		return `    ${marks[verdict.kind]} ${criterion.text}  (${because(verdict)})`;
	}),
];

const lines = (state: RunState, journal: string): readonly string[] => {
	const zone = state.target?.timeZone ?? 'UTC';
	const counts = countVerdicts([...state.steps.values()].flatMap(step => [...step.verdicts.values()]));
	return [
		`run ${state.run ?? ''}  ${state.command ?? ''}  ${state.target === undefined ? '' : `${state.target.project}.${state.target.dataset} (${state.target.kind})`}`,
		`now  ${describeProduction(state.production, zone)}`,
		'',
		...[...state.steps.values()].flatMap(step => stepLines(step)),
		'',
		...state.artifacts.map(artifact => `artifact  ${artifact.title}  ${artifact.path}`),
		`outcome   ${state.finished?.sentence ?? 'unfinished'}`,
		`criteria  ${describeCriteria(counts)}`,
		`cost      ${formatMoney(state.costMicros)} in ${state.jobCount} jobs`,
		`journal   ${journal}`,
	];
};

/** JSON has no maps: they become objects. */
const toJson = (_key: string, value: unknown): unknown => (value instanceof Map ? Object.fromEntries(value) : value);

/** Prints the folded run. A damaged journal is shown up to its first bad line, and said. */
export const run: CommandRun = async invocation => {
	const {folder, content} = await readRun(invocation);
	const {options, io} = invocation;
	const state = foldEvents(content.events);
	io.stdout.write(options['json'] === true ? `${JSON.stringify(state, toJson, 2)}\n` : `${lines(state, folder.journal).join('\n')}\n`);
	if (content.problem !== undefined) {
		io.stderr.write(`Line ${content.problem.line} of the journal is damaged: ${content.problem.reason}. What stands above is what came before it.\n`);
		return exitCode.failed;
	}

	return exitCode.done;
};
