import { createRoot } from 'react-dom/client';
import './styles/tokens.css';
import './styles/ui.css';
import './styles/map.css';
import './styles/phone.css';
import './styles/rider.css';
import { Rider } from './apps/rider/Rider.js';
import { RiderSession } from './apps/rider/session.js';

const session = new RiderSession();
void session.begin();

createRoot(document.getElementById('root')!).render(<Rider session={session} />);
