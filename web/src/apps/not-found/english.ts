import * as notFound from './texts.js';

const page = { PAGE: { title: 'Page not found · Hexfleet' } } as const;

/** All texts of this page, by file. A translation replaces them. */
export const english = { page, notFound };
