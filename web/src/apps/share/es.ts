import { texts as settings } from '../../shared/i18n/texts.es.js';
import type { Translations } from '../../shared/i18n/translation.js';
import { texts as ui } from '../../shared/ui/texts.es.js';
import type { english } from './english.js';
import { texts as share } from './texts.es.js';

const page = { PAGE: { title: 'Un viaje compartido en vivo' } } as const;

/** All texts of this page in Spanish. */
export const texts: Translations<typeof english> = { page, settings, ui, share };
