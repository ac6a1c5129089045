import { createRoot } from 'react-dom/client';
import './styles/tokens.css';
import './styles/ui.css';
import './styles/layout.css';
import './styles/panels.css';
import './styles/map.css';
import { Front } from './front/Front.js';
import { openSession } from './front/session.js';

createRoot(document.getElementById('root')!).render(<Front session={openSession()} />);
