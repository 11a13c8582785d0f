/** How a page is named: lower-case letters, digits and underscores. Names become parts of file names, so nothing else may pass. */
export const pageNamePattern = /^[a-z\d_]+$/;
