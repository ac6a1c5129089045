import { texts as app } from '../../shared/app/texts.es.js';
import { texts as chat } from '../../shared/chat/texts.es.js';
import { texts as settings } from '../../shared/i18n/texts.es.js';
import type { Translations } from '../../shared/i18n/translation.js';
import { texts as signIn } from '../../shared/live/sign-in-texts.es.js';
import { texts as notifications } from '../../shared/notifications/texts.es.js';
import { texts as figures } from '../../shared/phone/figures-texts.es.js';
import { texts as phone } from '../../shared/phone/texts.es.js';
import { texts as ui } from '../../shared/ui/texts.es.js';
import { texts as choose } from './choose-texts.es.js';
import type { english } from './english.js';
import { texts as problem } from './problem-texts.es.js';
import { texts as safety } from './safety-texts.es.js';
import { texts as area } from './service-area-texts.es.js';
import { texts as share } from './share-texts.es.js';
import { texts as rider } from './texts.es.js';
import { texts as trip } from './trip-texts.es.js';

const page = { PAGE: { title: 'Pasajero · Hexfleet' } } as const;

/** All texts of this page in Spanish. */
export const texts: Translations<typeof english> = {
  area,
  problem,
  notifications,
  app,
  page,
  chat,
  settings,
  signIn,
  figures,
  phone,
  ui,
  choose,
  safety,
  share,
  rider,
  trip,
};
