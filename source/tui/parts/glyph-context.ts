// Whether the terminal needs the ASCII marks.
import {createContext} from 'react';

export const GlyphContext = createContext(false);
