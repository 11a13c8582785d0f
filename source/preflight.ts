// The only module with effects at import. Development React keeps performance entries for ever, and chalk does not
// know NO_COLOR: both decide when they are first loaded, so this has to run before them.
import process from 'node:process';

process.env['NODE_ENV'] ??= 'production';
const noColor = process.env['NO_COLOR'];
if (noColor !== undefined && noColor !== '') {
	process.env['FORCE_COLOR'] = '0';
}
