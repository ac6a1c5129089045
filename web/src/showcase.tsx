import { createRoot } from 'react-dom/client';
import './styles/showcase.css';
import { Showcase } from './apps/showcase/Showcase.js';
import { openSession } from './apps/showcase/session.js';
import { speak } from './shared/i18n/speak.js';

void speak({
  english: () => import('./apps/showcase/english.js'),
  es: () => import('./apps/showcase/es.js'),
}).then(() => createRoot(document.getElementById('root')!).render(<Showcase session={openSession()} />));
