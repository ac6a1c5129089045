import * as app from '../../shared/app/texts.js';
import * as chat from '../../shared/chat/texts.js';
import * as settings from '../../shared/i18n/texts.js';
import * as signIn from '../../shared/live/sign-in-texts.js';
import * as notifications from '../../shared/notifications/texts.js';
import * as figures from '../../shared/phone/figures-texts.js';
import * as phone from '../../shared/phone/texts.js';
import * as ui from '../../shared/ui/texts.js';
import * as driver from './texts.js';

const page = { PAGE: { title: 'Driver · Hexfleet' } } as const;

/** All texts of this page, by file. A translation replaces them. */
export const english = { notifications, app, page, chat, settings, signIn, figures, phone, ui, driver };
