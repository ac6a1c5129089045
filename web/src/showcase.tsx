import { createRoot } from 'react-dom/client';
import './styles/tokens.css';
import './styles/ui.css';
import './styles/showcase.css';
import { Showcase } from './apps/showcase/Showcase.js';
import { openSession } from './apps/showcase/session.js';

createRoot(document.getElementById('root')!).render(<Showcase session={openSession()} />);
