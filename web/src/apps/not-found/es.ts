import type { Translations } from '../../shared/i18n/translation.js';
import type { english } from './english.js';
import { texts as notFound } from './texts.es.js';

const page = { PAGE: { title: 'Página no encontrada · Hexfleet' } } as const;

/** All texts of this page in Spanish. */
export const texts: Translations<typeof english> = { page, notFound };
