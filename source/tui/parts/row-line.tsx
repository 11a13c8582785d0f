// One row of the screen as one Text: boxes are for panes.
import {Text} from 'ink';
import {memo, useContext} from 'react';
import type {Row} from '../../store/row.js';
import {toAscii} from '../../terminal/glyphs.js';
import {GlyphContext} from './glyph-context.js';
import {toneStyles} from './tone-style.js';

type RowLineProps = {readonly row: Row};

export const RowLine = memo(({row}: RowLineProps) => {
	const isAscii = useContext(GlyphContext);
	if (row.length === 0) {
		return <Text> </Text>;
	}

	return (
		<Text wrap='truncate'>
			{row.map((part, index) => (
				<Text key={index} {...toneStyles[part.tone]}>{isAscii ? toAscii(part.text) : part.text}</Text>
			))}
		</Text>
	);
});
