import { createRoot } from 'react-dom/client';
import './styles/tokens.css';
import './styles/ui.css';
import './styles/front.css';
import { Front } from './front/Front.js';
import { openSession } from './front/session.js';

createRoot(document.getElementById('root')!).render(<Front session={openSession()} />);
