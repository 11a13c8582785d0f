// One script's verdict: node test/oracle/analyze.mjs <file|->. Prints `line:column message` for each failure, then a closing line.
// With --cases, each line of the input is {"id": ..., "sql": ..., "setup": ...?} and each line of the output {"id", "ok", "line", "column", "message"}.
import {readFileSync} from 'node:fs';
import {startAnalyzer} from './server.mjs';
import {Verdicts} from './verdicts.mjs';

const [file, mode] = process.argv.slice(2).sort((a, b) => Number(a.startsWith('--')) - Number(b.startsWith('--')));
if (file === undefined || file.startsWith('--')) {
	process.stderr.write('Usage: node test/oracle/analyze.mjs <file|-> [--cases]\n');
	process.exit(2);
}

const text = readFileSync(file === '-' ? 0 : file, 'utf8');
const analyzer = await startAnalyzer();
if (analyzer === undefined) {
	process.stderr.write('The analyzer is not installed: npm ci --prefix test/oracle\n');
	process.exit(2);
}

try {
	const verdicts = await Verdicts.open(analyzer);
	if (mode === '--cases') {
		for (const line of text.split('\n').filter(Boolean)) {
			const {id, sql, setup} = JSON.parse(line);
			verdicts.clear();
			if (setup !== undefined) {
				await verdicts.check(setup);
			}

			const {problems: [problem]} = await verdicts.check(sql);
			process.stdout.write(`${JSON.stringify(problem === undefined ? {id, ok: true} : {id, ok: false, line: problem.line, column: problem.column, message: problem.message})}\n`);
		}
	} else {
		const {passed, problems} = await verdicts.check(text);
		for (const {line, column, message} of problems) {
			process.stdout.write(`${line}:${column} ${message}\n`);
		}

		process.stdout.write(`${passed} passed, ${problems.length} failed\n`);
		process.exitCode = problems.length > 0 ? 1 : 0;
	}
} finally {
	analyzer.close();
}
