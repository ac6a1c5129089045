import * as settings from '../../shared/i18n/texts.js';
import * as ui from '../../shared/ui/texts.js';
import * as share from './texts.js';

const page = { PAGE: { title: 'A trip, shared live' } } as const;

/** All texts of this page, by file. A translation replaces them. */
export const english = { page, settings, ui, share };
