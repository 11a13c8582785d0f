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
export {commentsOf, tokenize} from './lexer/lexer.js';
export type {Token} from './lexer/token.js';
export {parseExpression, parseQuery, parseScript, parseStatement, parseType} from './parser/parser.js';
export {sourceOf, walk, type SyntaxNode, type Visitor} from './walk.js';
export {statementTypeOf} from './statement-type.js';
export {analyzeStatement, type StatementOptions} from './analyzer/statement.js';
export {isEquivalent, typeText} from './type-rules.js';
