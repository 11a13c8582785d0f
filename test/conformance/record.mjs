// Asks Google's analyzer about every case (one statement or script a line) and writes its verdicts: node test/conformance/record.mjs
// Needs `npm ci --prefix test/oracle`. The conformance test reads what is written here and needs nothing.
import {execFileSync} from 'node:child_process';
import {mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const setup = readFileSync(join(here, 'setup.sql'), 'utf8');
const scratch = mkdtempSync(join(tmpdir(), 'conformance-'));
try {
	for (const name of readdirSync(join(here, 'cases')).sort()) {
		const cases = readFileSync(join(here, 'cases', name), 'utf8').split('\n').filter(Boolean).map((sql, id) => ({id, sql, setup}));
		const input = join(scratch, name);
		writeFileSync(input, cases.map(one => JSON.stringify(one)).join('\n'));
		const answers = execFileSync(process.execPath, [join(here, '../oracle/analyze.mjs'), input, '--cases'], {encoding: 'utf8'}).split('\n').filter(Boolean).map(line => JSON.parse(line));
		const verdicts = cases.map(({id, sql}) => {
			const {ok, line, column, message} = answers.find(answer => answer.id === id);
			return JSON.stringify(ok ? {sql, ok} : {sql, ok, message: `${message} at [${line}:${column}]`});
		});
		writeFileSync(join(here, 'verdicts', `${name.replace('.sql', '')}.ndjson`), `${verdicts.join('\n')}\n`);
	}
} finally {
	rmSync(scratch, {recursive: true});
}
