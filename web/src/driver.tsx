import './styles/driver.css';
import { Driver } from './apps/driver/Driver.js';
import { DriverSession } from './apps/driver/session.js';
import { beginAppLater } from './shared/app/begin-later.js';
import { tabDeviceId } from './shared/live/device-id.js';
import { openPage } from './shared/live/open-page.js';

const texts = { english: () => import('./apps/driver/english.js'), es: () => import('./apps/driver/es.js') };

void openPage('driver', texts, async (identity) => {
  const session = new DriverSession(identity, await tabDeviceId());
  void session.begin();
  const { userId, api, deviceId } = session;
  beginAppLater({ page: 'driver', userId, api, deviceId, $trip: session.$state });
  return <Driver session={session} />;
});
