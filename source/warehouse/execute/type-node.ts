// Types as written to types as meant, where no analysis is at hand: arguments of procedures, DECLARE.
import type {TypeNode} from '../../googlesql/syntax/types.js';
import type {SqlType} from '../../googlesql/types.js';
import {SqlError} from '../contract.js';

/** @throws SqlError for a type that the embedded warehouse does not store. */
export const typeOfNode = (node: TypeNode): SqlType => {
	switch (node.kind) {
		case 'scalar-type': {
			return {kind: 'scalar', name: node.name};
		}

		case 'array-type': {
			return {kind: 'array', element: typeOfNode(node.element)};
		}

		case 'struct-type': {
			return {kind: 'struct', fields: node.fields.map(field => ({name: field.name?.name, type: typeOfNode(field.type)}))};
		}

		case 'any-type': {
			return {kind: 'any'};
		}

		case 'range-type': {
			throw new SqlError({reason: 'invalidQuery', message: 'RANGE types are not supported by the embedded warehouse'});
		}
	}
};
