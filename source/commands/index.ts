// The table of commands: what --help says and which module is loaded when one is chosen. Nothing heavy is imported here.
import type {CommandRun} from './command.js';

export type OptionSpec = {
	/** Commander's form: `--start-date <date>`. */
	readonly flags: string;
	readonly description: string;
};

export type CommandSpec = {
	readonly name: string;
	/** Positional arguments in commander's form: `[run]`, `<sql>`, `[path...]`. */
	readonly arguments?: readonly {readonly form: string; readonly description: string}[];
	readonly summary: string;
	/** Started by other commands, not by people: --help does not list it. */
	readonly isHidden?: boolean;
	readonly options: readonly OptionSpec[];
	readonly examples: readonly string[];
	/** Subcommands, for `warehouse`: the chosen one arrives as the first argument. */
	readonly subcommands?: readonly {readonly name: string; readonly summary: string; readonly options: readonly OptionSpec[]}[];
	readonly load: () => Promise<{readonly run: CommandRun}>;
};

/** Which warehouse a command is for. */
export const target: readonly OptionSpec[] = [
	{flags: '--target <kind>', description: 'embedded or bigquery (default: bigquery when a project is configured, else embedded)'},
	{flags: '--project <id>', description: 'project id (EROS_PROJECT_ID)'},
	{flags: '--dataset <name>', description: 'dataset (EROS_DATASET)'},
	{flags: '--location <name>', description: 'BigQuery location (EROS_LOCATION)'},
	{flags: '--timezone <zone>', description: 'business time zone (EROS_TIMEZONE)'},
];

const plain: OptionSpec = {flags: '--plain', description: 'print lines instead of opening the screen'};

const lines: readonly OptionSpec[] = [
	plain,
	{flags: '--accessible', description: 'append-only lines for screen readers'},
	{flags: '--json', description: 'print events or results as JSON on stdout'},
];

const json: OptionSpec = {flags: '--json', description: 'print JSON on stdout'};

/** Every command in the order of --help. */
export const commandSpecs: readonly CommandSpec[] = [
	{
		name: 'deploy',
		summary: 'run the deployment window',
		options: [
			...target,
			{flags: '--resume [run]', description: 'continue an unfinished run (the newest when no run is named)'},
			{flags: '--approve <plan-hash>', description: 'approve this plan and no other, where no person can type the phrase'},
			{flags: '--second-person', description: 'production needs a second person: eros-tui approve, from an account of his own'},
			{flags: '--read-only', description: 'watch; nothing can be changed'},
			...lines,
		],
		examples: ['eros-tui deploy', 'eros-tui deploy --target embedded --plain', 'eros-tui deploy --resume 7f3a91c2', 'eros-tui deploy --target bigquery --approve 7f3a-91c2 --json'],
		load: async () => import('./deploy.js'),
	},
	{
		name: 'rehearse',
		summary: 'the whole window on a private embedded warehouse: deploy, 24 h of monitoring, rollback and its proof',
		options: [
			{flags: '--seed <number>', description: 'seed of the sample data (default 1)'},
			{flags: '--start <instant>', description: 'when the driven clock starts (default: now), for example 2025-11-01T12:00:00-07:00'},
			{flags: '--speed <factor>', description: 'pace of the driven clock in the screen (default: as fast as the work goes)'},
			{flags: '--faults <names>', description: 'comma-separated faults to inject, or all; help lists them'},
			{flags: '--resume [run]', description: 'continue a rehearsal that was stopped or killed (the newest when no run is named)'},
			{flags: '--second-person', description: 'production needs a second person: eros-tui approve, from an account of his own'},
			{flags: '--keep', description: 'keep the private warehouse for a look with eros-tui query'},
			...lines,
		],
		examples: ['eros-tui rehearse', 'eros-tui rehearse --plain --seed 7', 'eros-tui rehearse --json | head'],
		load: async () => import('./rehearse.js'),
	},
	{
		name: 'plan',
		summary: 'show what a deployment would change',
		options: [...target, {flags: '--detailed-exitcode', description: 'exit 3 when changes are pending'}, json],
		examples: ['eros-tui plan', 'eros-tui plan --detailed-exitcode'],
		load: async () => import('./plan.js'),
	},
	{
		name: 'check',
		arguments: [{form: '[path...]', description: 'SQL and shell files or folders (default: sql)'}],
		summary: 'safety lint of SQL and shell files',
		options: [json],
		examples: ['eros-tui check', 'eros-tui check sql/procedures deploy.sh'],
		load: async () => import('./check.js'),
	},
	{
		name: 'monitor',
		summary: 'watch a deployed system for 24 hours',
		options: [...target, {flags: '--once', description: 'take one sample and exit'}, {flags: '--tmux', description: 'open the monitor in a tmux pane beside this one'}, ...lines],
		examples: ['eros-tui monitor', 'eros-tui monitor --tmux', 'eros-tui monitor --once --json'],
		load: async () => import('./monitor.js'),
	},
	{
		name: 'health',
		summary: 'one health sample; exit 0 healthy, 1 watch or alert, 2 rollback or unknown',
		options: [
			...target,
			{flags: '--errors', description: 'instead: failed queries by hour and message'},
			{flags: '--drift', description: 'instead: pages whose earnings a message, views or conversion moved'},
			{flags: '--captions', description: 'instead: captions by tier that may be used, are reserved or rest'},
			{flags: '--days <number>', description: 'days that errors and drift look back (default 7)'},
			json,
		],
		examples: ['eros-tui health', 'eros-tui health --json', 'eros-tui health --drift --captions', 'eros-tui health --errors --days 1'],
		load: async () => import('./health.js'),
	},
	{
		name: 'cost',
		summary: 'cost by day and its drivers',
		options: [...target, {flags: '--days <number>', description: 'days to look back (default 7)'}, json],
		examples: ['eros-tui cost', 'eros-tui cost --days 30'],
		load: async () => import('./cost.js'),
	},
	{
		name: 'rollback',
		summary: 'guided rollback to a restore point',
		options: [
			...target,
			{flags: '--to <restore-point>', description: 'restore point (default: the one of the last deployment)'},
			{flags: '--component <object...>', description: 'roll back these objects only'},
			{flags: '--reason <text>', description: 'why; recorded'},
			{flags: '--yes', description: 'do not ask; needs --reason'},
			...lines,
		],
		examples: ['eros-tui rollback', 'eros-tui rollback --component select_captions_for_creator', 'eros-tui rollback --yes --reason "health 65 twice"'],
		load: async () => import('./rollback.js'),
	},
	{
		name: 'schedule',
		summary: "build one page's schedule",
		options: [
			...target,
			{flags: '--page-name <page>', description: 'page, for example test_creator'},
			{flags: '--start-date <date>', description: 'a day of the week to plan, YYYY-MM-DD (moved to its Monday)'},
			{flags: '--mode <mode>', description: 'optimize, safe or conservative (default optimize)'},
			{flags: '--output <file>', description: 'where the schedule goes (default schedules/<page>_<monday>.csv)'},
			{flags: '--format <format>', description: "csv, or json: the builder's envelope (default csv); of a saved schedule also sheets"},
			{flags: '--schedule-id <ids>', description: 'write a schedule that is saved, or several separated by commas; nothing is planned or locked'},
			{flags: '--force', description: 'write the file of a RED page too, and a schedule that went out within the day'},
			{flags: '--from <file>', description: "write a schedule's JSON file as CSV or JSON; its fields and rules are checked, no warehouse is asked"},
			plain,
			json,
		],
		examples: ['eros-tui schedule --page-name test_creator --start-date 2025-11-03', 'eros-tui schedule --page-name page_01 --start-date 2025-11-03 --output week.csv', 'eros-tui schedule --schedule-id sched_20251103_090000_page_01_7f3a --output week.csv', 'eros-tui schedule --from week.json --output week.csv'],
		load: async () => import('./schedule.js'),
	},
	{
		name: 'orchestrate',
		summary: 'build the schedules of many pages',
		options: [
			...target,
			{flags: '--pages <names>', description: 'all, or page names separated by commas'},
			{flags: '--week-start <date>', description: 'Monday of the week, YYYY-MM-DD'},
			{flags: '--mode <mode>', description: 'optimize, safe or conservative (default optimize)'},
			{flags: '--format <formats>', description: 'csv, json, sheets, or several separated by commas (default csv, and sheets where EROS_SHEET_ID is set)'},
			{flags: '--no-export', description: 'do not write files'},
			{flags: '--force', description: 'write RED pages too; asks first'},
			{flags: '--yes', description: 'with --force: do not ask'},
			plain,
			json,
		],
		examples: ['eros-tui orchestrate --pages all --week-start 2025-11-03', 'eros-tui orchestrate --pages page_01,page_02 --week-start 2025-11-03 --mode safe', 'eros-tui orchestrate --pages all --week-start 2025-11-03 --format csv,json'],
		load: async () => import('./orchestrate.js'),
	},
	{
		name: 'runs',
		summary: 'list the runs on record',
		options: [...target, json],
		examples: ['eros-tui runs'],
		load: async () => import('./runs.js'),
	},
	{
		name: 'show',
		arguments: [{form: '[run]', description: 'run (default: the newest)'}],
		summary: 'what a run did, criterion by criterion',
		options: [json],
		examples: ['eros-tui show', 'eros-tui show 7f3a91c2 --json'],
		load: async () => import('./show.js'),
	},
	{
		name: 'attach',
		arguments: [{form: '[run]', description: 'run (default: the newest)'}],
		summary: 'watch or drive a run from another pane',
		options: [{flags: '--read-only', description: 'watch only; no key acts'}, ...lines],
		examples: ['eros-tui attach', 'eros-tui attach 7f3a91c2 --read-only', 'eros-tui attach --plain'],
		load: async () => import('./attach.js'),
	},
	{
		name: 'abort',
		arguments: [{form: '[run]', description: 'run (default: the newest)'}],
		summary: 'stop a run from outside: cancels its jobs by id',
		options: [{flags: '--drain', description: 'cancel nothing: what runs settles first'}],
		examples: ['eros-tui abort 7f3a91c2', 'eros-tui abort --drain'],
		load: async () => import('./abort.js'),
	},
	{
		name: 'supervise',
		arguments: [{form: '<folder>', description: "the run's folder"}],
		summary: 'carry a run out in the background',
		isHidden: true,
		options: [],
		examples: [],
		load: async () => import('./supervise.js'),
	},
	{
		name: 'approve',
		arguments: [{form: '<plan-hash>', description: 'the plan that is shown where production is asked for'}],
		summary: 'sign the plan of a run as its second person, with credentials of your own',
		options: [...target, {flags: '--run <run>', description: 'the run that waits for it'}],
		examples: ['eros-tui approve 7f3a-91c2 --run 7f3a91c2', 'eros-tui approve 7f3a-91c2 --run 7f3a91c2 --target bigquery --project of-scheduler-proj'],
		load: async () => import('./approve.js'),
	},
	{
		name: 'replay',
		arguments: [{form: '[run]', description: 'run (default: the newest)'}],
		summary: 'show a finished run again from its journal',
		options: [{flags: '--speed <factor>', description: 'pace (default: at once)'}, ...lines],
		examples: ['eros-tui replay 7f3a91c2 --plain'],
		load: async () => import('./replay.js'),
	},
	{
		name: 'verify',
		arguments: [{form: '[run]', description: 'run (default: the newest)'}],
		summary: "check a run's evidence offline",
		options: [json],
		examples: ['eros-tui verify 7f3a91c2'],
		load: async () => import('./verify.js'),
	},
	{
		name: 'warehouse',
		summary: 'the embedded warehouse',
		options: [],
		subcommands: [
			{name: 'serve', summary: 'run it in the foreground', options: [{flags: '--port <number>', description: 'port on 127.0.0.1 (default: a free one)'}, {flags: '--data <folder>', description: 'data folder'}]},
			{name: 'status', summary: 'where it runs and what it holds', options: [json]},
			{name: 'stop', summary: 'stop it', options: []},
			{name: 'env', summary: 'print what points bq at it', options: []},
			{name: 'token', summary: 'print the token of another user', options: [{flags: '--user <mail>', description: 'who sends requests with it'}, {flags: '--run <run>', description: 'the private warehouse of this rehearsal'}]},
			{name: 'reset', summary: 'delete its data', options: [{flags: '--yes', description: 'do not ask'}]},
		],
		examples: ['eros-tui warehouse serve --port 9050', 'eval "$(eros-tui warehouse env)" && bq ls', 'eros-tui warehouse status --json'],
		load: async () => import('./warehouse.js'),
	},
	{
		name: 'query',
		arguments: [{form: '<sql>', description: 'statement or script; - reads standard input'}],
		summary: 'run SQL on the target',
		options: [...target, {flags: '--dry-run', description: 'bytes and schema only'}, {flags: '--csv', description: 'print CSV'}, json],
		examples: ['eros-tui query "SELECT 1"', 'eros-tui query --json "SELECT * FROM feature_flags"', 'eros-tui query - < report.sql'],
		load: async () => import('./query.js'),
	},
];
