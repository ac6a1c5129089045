import './styles/tokens.css';
import './styles/ui.css';
import './styles/map.css';
import './styles/phone.css';
import './styles/driver.css';
import { Driver } from './apps/driver/Driver.js';
import { DriverSession } from './apps/driver/session.js';
import { openPage } from './shared/live/open-page.js';

void openPage('driver', (identity) => {
  const session = new DriverSession(identity);
  void session.begin();
  return <Driver session={session} />;
});
