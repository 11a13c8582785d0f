// The JSON Schema files in schemas/, made from the zod definitions so that the two can't disagree.
import {z} from 'zod';
import {envelopeSchemas} from './envelope.js';
import {runSummarySchema} from './run-summary.js';

/** File name and content of every schema file. */
export const schemaFiles = (): readonly {readonly name: string; readonly content: string}[] =>
	[...Object.entries(envelopeSchemas), ['run_summary', runSummarySchema] as const].map(([name, schema]) => ({
		name: `${name}.json`,
		content: `${JSON.stringify({title: name, ...z.toJSONSchema(schema)}, undefined, '\t')}\n`,
	}));
