import { texts as app } from '../../shared/app/texts.es.js';
import { texts as settings } from '../../shared/i18n/texts.es.js';
import type { Translations } from '../../shared/i18n/translation.js';
import { texts as signIn } from '../../shared/live/sign-in-texts.es.js';
import { texts as notifications } from '../../shared/notifications/texts.es.js';
import { texts as ui } from '../../shared/ui/texts.es.js';
import { texts as actions } from './actions/texts.es.js';
import { texts as activity } from './activity/texts.es.js';
import type { english } from './english.js';
import { texts as errors } from './error-texts.es.js';
import { texts as kpis } from './kpi-bar/texts.es.js';
import { texts as palette } from './palette/texts.es.js';
import { texts as replay } from './replay/texts.es.js';
import { texts as board } from './texts.es.js';
import { texts as trips } from './trips/texts.es.js';
import { texts as view } from './view/texts.es.js';
import { texts as changes } from './zones/edit/change-texts.es.js';
import { texts as edit } from './zones/edit/texts.es.js';
import { texts as rules } from './zones/rule-texts.es.js';
import { texts as zones } from './zones/texts.es.js';

const page = { PAGE: { title: 'Despacho · Hexfleet' } } as const;

/** All texts of this page in Spanish. */
export const texts: Translations<typeof english> = {
  notifications,
  app,
  page,
  settings,
  signIn,
  ui,
  actions,
  activity,
  errors,
  kpis,
  palette,
  replay,
  board,
  trips,
  view,
  changes,
  edit,
  rules,
  zones,
};
