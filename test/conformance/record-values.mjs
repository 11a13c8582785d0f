// Asks Google's reference implementation for the value of every query and expression (one a line) and writes it down: node test/conformance/record-values.mjs
// Needs `npm ci --prefix test/oracle`. The conformance test reads what is written here and needs nothing.
import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {startEvaluator} from '../oracle/evaluate.mjs';

const folder = fileURLToPath(new URL('values/', import.meta.url));
const evaluator = await startEvaluator();
if (evaluator === undefined) {
	process.stderr.write('The reference implementation is not installed: npm ci --prefix test/oracle\n');
	process.exit(2);
}

try {
	for (const name of readdirSync(folder).filter(file => file.endsWith('.sql')).sort()) {
		const lines = [];
		for (const sql of readFileSync(folder + name, 'utf8').split('\n').filter(Boolean)) {
			lines.push(JSON.stringify({sql, ...(await evaluator.evaluate(sql))}));
		}

		writeFileSync(`${folder}${name.replace('.sql', '')}.ndjson`, `${lines.join('\n')}\n`);
	}
} finally {
	evaluator.close();
}
