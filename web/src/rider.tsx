import './styles/rider.css';
import { Rider } from './apps/rider/Rider.js';
import { RiderSession } from './apps/rider/session.js';
import { beginAppLater } from './shared/app/begin-later.js';
import { browserDeviceId } from './shared/live/browser-device.js';
import { openPage } from './shared/live/open-page.js';

const texts = { english: () => import('./apps/rider/english.js'), es: () => import('./apps/rider/es.js') };

void openPage('rider', texts, (identity) => {
  const session = new RiderSession(identity, browserDeviceId('rider'));
  void session.begin();
  const { userId, api, deviceId } = session;
  beginAppLater({ page: 'rider', userId, api, deviceId, $trip: session.state.$state });
  return <Rider session={session} />;
});
