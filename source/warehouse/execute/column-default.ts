// The default of a column, from the text that the catalog keeps.
import {analyzeColumnDefault, parseExpression, type Column, type StatementAnalysis} from '../../googlesql/index.js';
import {analyzerCatalog} from '../catalog/analyzer-catalog.js';
import type {ColumnDefault} from '../emit/context.js';
import type {Engine} from './engine.js';

const nothing = new Map<string, never>();

/**
 * The default of a column, ready to emit.
 * @throws GoogleSqlError for a text that is no default of this column.
 */
export const columnDefault = ({store, project}: Engine, text: string, column: Column): ColumnDefault & {readonly analysis: StatementAnalysis} => {
	const expression = parseExpression(text);
	const catalog = analyzerCatalog({store, defaultDataset: undefined, temporary: nothing});
	return {expression, analysis: analyzeColumnDefault(expression, column, {text, catalog, project, variables: nothing, parameters: {named: nothing, positional: []}})};
};
