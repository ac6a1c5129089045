import './styles/tokens.css';
import './styles/ui.css';
import './styles/map.css';
import './styles/phone.css';
import './styles/rider.css';
import { Rider } from './apps/rider/Rider.js';
import { RiderSession } from './apps/rider/session.js';
import { openPage } from './shared/live/open-page.js';

void openPage('rider', (identity) => {
  const session = new RiderSession(identity);
  void session.begin();
  return <Rider session={session} />;
});
