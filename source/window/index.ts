// The window as the engine runs it: every task of the specification with the function that carries it out.
import type {StepContext, Task, WindowTasks} from '../engine/task.js';
import {tasksOf} from '../domain/window.js';
import {prepareApproval, readChanges} from './tasks/approval.js';
import {runStakeholders, runSummary} from './tasks/closing.js';
import {runEnvironment} from './tasks/environment.js';
import {runFunctions, runTableFunctions} from './tasks/functions.js';
import {runBuilderTest, runExporterTest} from './tasks/gate-agents.js';
import {runAnalyzerTest, runSelectorTest} from './tasks/gate-sql.js';
import {runTimezoneTest} from './tasks/gate-timezone.js';
import {runDeployScript, runRollbackScript} from './tasks/generated-scripts.js';
import {runAgentSpecifications, runModules, runShellScripts} from './tasks/inventories.js';
import {runMonitoring} from './tasks/monitoring.js';
import {runNotification} from './tasks/notification.js';
import {runAgentTests, runCompile, runDependencyGraph, runImports, runIntegration} from './tasks/orchestrator.js';
import {runPrerequisites} from './tasks/prerequisites.js';
import {runProcedures} from './tasks/procedures.js';
import {runProduction} from './tasks/production.js';
import {runRestorePoint} from './tasks/restore-point.js';
import {runAlerts, runRunbook} from './tasks/runbook-and-alerts.js';
import {runSqlInventory} from './tasks/sql-inventory.js';
import {runSchedules, runView} from './tasks/view-and-schedules.js';
import {windowSpec} from './window-spec.js';

export {windowSpec} from './window-spec.js';
export {monitorQueries} from './tasks/monitoring.js';

const work: Readonly<Record<string, (context: StepContext) => Promise<string>>> = {
	'0.1': runEnvironment,
	'0.2': runPrerequisites,
	'0.3': runNotification,
	'1.1': runSqlInventory,
	'1.2': runModules,
	'1.3': runShellScripts,
	'1.4': runAgentSpecifications,
	'2A.0': runRestorePoint,
	'2A.1': runFunctions,
	'2A.2': runTableFunctions,
	'2A.3': runProcedures,
	'2A.4': runView,
	'2A.5': runSchedules,
	'2B.1': runImports,
	'2B.2': runAgentTests,
	'2B.3': runCompile,
	'2B.4': runDependencyGraph,
	'2B.5': runIntegration,
	'3.1': runAnalyzerTest,
	'3.2': runSelectorTest,
	'3.3': runBuilderTest,
	'3.4': runExporterTest,
	'3.5': runTimezoneTest,
	'4.1': runDeployScript,
	'4.2': runRollbackScript,
	'4.3': runRunbook,
	'4.4': runAlerts,
	'5.1': runProduction,
	'5.2': runMonitoring,
	'5.3': runSummary,
	'5.4': runStakeholders,
};

/** All tasks in the order of the document. */
export const windowTasks = (): WindowTasks =>
	tasksOf(windowSpec).map((spec): Task => {
		const run = work[spec.id];
		if (run === undefined) {
			throw new Error(`Task ${spec.id} has no work.`);
		}

		return spec.needsApproval ? {spec, run, approval: prepareApproval, changes: readChanges} : {spec, run};
	});
