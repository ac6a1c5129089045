import * as app from '../../shared/app/texts.js';
import * as settings from '../../shared/i18n/texts.js';
import * as signIn from '../../shared/live/sign-in-texts.js';
import * as notifications from '../../shared/notifications/texts.js';
import * as ui from '../../shared/ui/texts.js';
import * as actions from './actions/texts.js';
import * as activity from './activity/texts.js';
import * as errors from './error-texts.js';
import * as kpis from './kpi-bar/texts.js';
import * as palette from './palette/texts.js';
import * as replay from './replay/texts.js';
import * as board from './texts.js';
import * as trips from './trips/texts.js';
import * as view from './view/texts.js';
import * as changes from './zones/edit/change-texts.js';
import * as edit from './zones/edit/texts.js';
import * as rules from './zones/rule-texts.js';
import * as zones from './zones/texts.js';

const page = { PAGE: { title: 'Dispatch · Hexfleet' } } as const;

/** All texts of this page, by file. A translation replaces them. */
export const english = {
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
