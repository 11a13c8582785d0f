// GoogleSQL as a library: text to syntax tree to annotations. Knows nothing of a warehouse.
export type * from './analysis.js';
export type * from './catalog.js';
export type * from './types.js';
export type * from './syntax/name.js';
export type * from './syntax/types.js';
export type * from './syntax/expression.js';
export type * from './syntax/query.js';
export type * from './syntax/dml.js';
export type * from './syntax/ddl.js';
export type * from './syntax/script.js';
export * from './diagnostics.js';
