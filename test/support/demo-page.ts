// Shows a page of the schedule commands in this terminal, by the code they use: `week` or `progress`.
// What the agents would have done is given; Ctrl-C and signals are real, and so is the exit code.
import '../../source/preflight.js';
import process from 'node:process';

const [{showProgress, showWeek}, {week}] = await Promise.all([
	import('../../source/commands/eros-pages.js'),
	import('./week-view.js'),
]);
const io = {cwd: process.cwd(), env: process.env, stdin: process.stdin, stdout: process.stdout, stderr: process.stderr};

if (process.argv[2] === 'week') {
	process.exitCode = await showWeek(week, async format => `schedules/test_creator_2025-11-03.${format}`, io);
	process.stdout.write('ended week\n');
} else {
	// As the connection does, which listens before there is a page.
	process.on('SIGINT', () => process.stderr.write('said by another listener\n'));
	const page = await showProgress('week of 2025-11-03, mode optimize', [['caption_selector'], ['schedule_builder']], ['page_01', 'page_02'], io);
	page.onProgress({kind: 'page-started', page: 'page_01'} as Parameters<typeof page.onProgress>[0]);
	await new Promise<void>(resolve => {
		page.signal.addEventListener('abort', () => {
			// Running agents give back what they hold before the page goes.
			setTimeout(resolve, 200);
		});
	});
	page.close();
	process.stdout.write('ended progress\n');
	process.exitCode = page.exitCode();
}
