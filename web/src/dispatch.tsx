import './styles/dispatch.css';
import { Board } from './apps/dispatch/Board.js';
import { openBoard } from './apps/dispatch/session.js';
import { followAddress } from './apps/dispatch/view/address.js';
import { followEmbedder } from './apps/dispatch/view/follow-embedder.js';
import { beginAppLater } from './shared/app/begin-later.js';
import { browserDeviceId } from './shared/live/browser-device.js';
import { openPage } from './shared/live/open-page.js';

const texts = {
  english: () => import('./apps/dispatch/english.js'),
  es: () => import('./apps/dispatch/es.js'),
};

void openPage('dispatcher', texts, (identity) => {
  const session = openBoard(identity, browserDeviceId('dispatch'));
  const { userId, api, deviceId } = session;
  beginAppLater({ page: 'dispatch', userId, api, deviceId });
  followAddress(session);
  followEmbedder(session);
  return <Board session={session} />;
});
