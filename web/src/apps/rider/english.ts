import * as app from '../../shared/app/texts.js';
import * as chat from '../../shared/chat/texts.js';
import * as settings from '../../shared/i18n/texts.js';
import * as signIn from '../../shared/live/sign-in-texts.js';
import * as notifications from '../../shared/notifications/texts.js';
import * as figures from '../../shared/phone/figures-texts.js';
import * as phone from '../../shared/phone/texts.js';
import * as ui from '../../shared/ui/texts.js';
import * as choose from './choose-texts.js';
import * as problem from './problem-texts.js';
import * as safety from './safety-texts.js';
import * as area from './service-area-texts.js';
import * as share from './share-texts.js';
import * as rider from './texts.js';
import * as trip from './trip-texts.js';

const page = { PAGE: { title: 'Rider · Hexfleet' } } as const;

/** All texts of this page, by file. A translation replaces them. */
export const english = {
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
