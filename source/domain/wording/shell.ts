// Commands as they are typed: what is pasted into a shell means what it says.

const plainWord = /^[\w@%+=:,./-]+$/;

/** A word of a command line, in single quotes where a shell would read more than the word into it. */
export const shellWord = (text: string): string => (plainWord.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`);
