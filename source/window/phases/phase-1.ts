// Phase 1, file inventory: what would be deployed, byte by byte, and what that changes.
import {minutes, phase, seconds} from '../task-spec.js';

export const phase1 = phase('1', 'File inventory', [
	{
		id: '1.1',
		title: 'SQL inventory',
		dependsOn: ['0.3'],
		stepClass: 'probe',
		freezesPlan: true,
		expectedMs: 5 * minutes,
		undo: 'nothing to undo',
		seed: {
			'files-readable': 'All SQL files readable',
			'no-permission-error': 'No permission error',
			'files-small': 'All files smaller than 1 MB',
			'no-corrupt-file': 'No corrupted file (UTF-8, no NUL byte, not empty, parses)',
			'no-drop': 'Constraint: no DROP statement',
			'no-delete-without-where': 'Constraint: no DELETE without WHERE',
			'no-update-without-where': 'Constraint: no UPDATE without WHERE',
			'create-or-replace': 'Constraint: all DDL of code is CREATE OR REPLACE',
			'no-set-statement': 'Constraint: no SET of session settings',
			'safe-divide': 'Constraint: SAFE_DIVIDE instead of division_by_zero_mode',
			'settings-in-body': 'Constraint: all settings stand in the procedure body',
			'fit-for-schedules': 'Constraint: statements fit scheduled queries',
		},
		ours: {
			'declared-once': 'Every expected object is declared exactly once',
			'expected-present': 'The objects of the minimum inventory are present (2 + 7 + 4 + 1 + 3)',
			'order-known': 'The dependency order has no cycle',
			'lint-clean': 'The safety rules find no error',
			'plan-frozen': 'The plan against the live catalog is computed and hashed',
		},
	},
	{
		id: '1.2',
		title: 'Modules',
		dependsOn: ['1.1'],
		stepClass: 'probe',
		expectedMs: 5 * minutes,
		undo: 'nothing to undo',
		seed: {
			'builder-imports': 'The schedule builder imports without error',
			'exporter-imports': 'The sheets exporter imports without error',
			'dependencies-available': 'All dependencies available',
			'no-package-missing': 'No package missing',
		},
		ours: {
			'import-is-quiet': 'Importing a module prints nothing and exits by itself',
		},
	},
	{
		id: '1.3',
		title: 'Shell scripts',
		dependsOn: ['1.2'],
		stepClass: 'probe',
		expectedMs: 3 * minutes,
		undo: 'nothing to undo: modes are reported, not changed',
		seed: {
			'scripts-executable': 'All shell scripts executable',
			'no-syntax-error': 'No syntax error (bash -n)',
			'shebang-present': 'Shebang present in all scripts',
			'shellcheck-passes': 'Scripts pass shellcheck (optional)',
		},
		ours: {
			'shell-rules-clean': 'The safety rules for shell find no error',
		},
	},
	{
		id: '1.4',
		title: 'Agent specifications',
		dependsOn: ['1.3'],
		stepClass: 'probe',
		expectedMs: 10 * seconds,
		undo: 'nothing to undo',
		seed: {},
		ours: {
			'six-present': 'The six agent specifications are present and not empty',
			'heading-first': 'Each begins with a heading that names the agent',
			'names-match-code': 'Each agent of the specifications has a module and the other way round',
		},
	},
]);
