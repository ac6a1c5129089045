import { createRoot } from 'react-dom/client';
import './styles/tokens.css';
import './styles/ui.css';
import './styles/map.css';
import './styles/phone.css';
import './styles/driver.css';
import { Driver } from './apps/driver/Driver.js';
import { DriverSession } from './apps/driver/session.js';

const session = new DriverSession();
void session.begin();

createRoot(document.getElementById('root')!).render(<Driver session={session} />);
