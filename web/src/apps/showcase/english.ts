import * as settings from '../../shared/i18n/texts.js';
import * as ui from '../../shared/ui/texts.js';
import * as showcase from './texts.js';

const page = { PAGE: { title: 'Hexfleet: live location for ride-hailing' } } as const;

/** All texts of this page, by file. A translation replaces them. */
export const english = { page, settings, ui, showcase };
