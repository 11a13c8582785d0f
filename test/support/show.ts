// Prints scenarios' frames: npx tsx test/support/show.ts [scenario|all] [columns] [rows]
import '../../source/preflight.js';
import process from 'node:process';
import {frameOf} from './frame.js';
import {scenarioNames, type ScenarioName} from './scenarios/index.js';

const [name = 'all', columns = '120', rows = '36'] = process.argv.slice(2);
for (const scenario of name === 'all' ? scenarioNames : [name as ScenarioName]) {
	process.stdout.write(`== ${scenario} ${columns}x${rows}\n${frameOf(scenario, Number(columns), Number(rows))}\n`);
}
