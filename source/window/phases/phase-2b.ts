// Phase 2B, lane B: the orchestrator's own code, proven without the production dataset.
import {minutes, phase} from '../task-spec.js';

export const phase2B = phase('2B', 'Orchestrator', [
	{
		id: '2B.1',
		title: 'Imports',
		dependsOn: ['1.4'],
		stepClass: 'probe',
		expectedMs: 2 * minutes,
		undo: 'nothing to undo',
		seed: {
			'imports-succeed': 'All imports succeed',
			'no-dependency-missing': 'No dependency missing',
			'constants-accessible': 'Configuration constants accessible',
			'client-connects': 'BigQuery client connects',
		},
		ours: {
			'five-sizes': 'Five account sizes, each with minimum not above maximum',
		},
	},
	{
		id: '2B.2',
		title: 'Agent tests',
		dependsOn: ['2B.1'],
		stepClass: 'probe',
		expectedMs: 10 * minutes,
		undo: 'nothing to undo',
		seed: {
			'volume-tests': 'Volume calculation tests pass',
			'saturation-tests': 'Saturation response tests pass',
			'account-size-works': 'Account size classification works',
			'no-exception': 'No exception raised',
			'csv-correct': 'CSV formatting correct',
			'columns-present': 'All required columns present',
			'time-zone-correct': 'Timezone handling correct',
			'export-validated': 'Export logic validated',
		},
		ours: {
			'tests-were-run': 'Tests were run: zero tests is a failure',
		},
	},
	{
		id: '2B.3',
		title: 'Compile',
		dependsOn: ['2B.2'],
		stepClass: 'probe',
		expectedMs: 5 * minutes,
		undo: 'nothing to undo',
		seed: {
			'orchestrator-instantiates': 'Orchestrator instantiates without error',
			'components-initialize': 'All sub-components initialize',
			'dependencies-resolve': 'Dependencies resolved correctly',
			'no-circular-import': 'No circular import',
		},
		ours: {
			'compiles': 'The compiler finds no error in the orchestrator',
		},
	},
	{
		id: '2B.4',
		title: 'Dependency graph',
		dependsOn: ['2B.3'],
		stepClass: 'probe',
		expectedMs: 2 * minutes,
		undo: 'nothing to undo',
		seed: {
			'no-circular-dependency': 'No circular dependency',
			'execution-order-correct': 'Execution order correct',
			'parallel-stages-identified': 'Parallel stages identified',
			'all-agents-accounted': 'All agents accounted for',
		},
		ours: {
			'matches-specifications': 'The graph read from the code equals the one of the specifications',
		},
	},
	{
		id: '2B.5',
		title: 'Integration',
		dependsOn: ['2B.4'],
		stepClass: 'data',
		expectedMs: 15 * minutes,
		undo: 'test rows are removed by the run itself',
		seed: {
			'tests-pass': 'All integration tests pass',
			'no-data-corruption': 'No data corruption',
			'error-messages-proper': 'Proper error messages',
			'cleanup-done': 'Cleanup after tests',
			'lane-imports-work': 'Lane B: all imports work correctly',
			'lane-agents-tested': 'Lane B: sub-agents tested one by one',
			'lane-compiles': 'Lane B: orchestrator compiles',
			'lane-graph-validated': 'Lane B: dependency graph validated',
			'lane-integration-passes': 'Lane B: integration tests pass',
		},
	},
], 'B');
