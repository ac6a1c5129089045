import { createRoot } from 'react-dom/client';
import './styles/share.css';
import { Share } from './apps/share/Share.js';
import { speak } from './shared/i18n/speak.js';
import { tokenIn } from './shared/live/address.js';
import { FollowedLink } from './shared/live/shared-trip.js';

const link = new FollowedLink(tokenIn(location.pathname));
void link.open();
document.addEventListener('visibilitychange', () => {
  if (!document.hidden && link.$state.get().over === null) void link.open();
});

void speak({
  english: () => import('./apps/share/english.js'),
  es: () => import('./apps/share/es.js'),
}).then(() => createRoot(document.getElementById('root')!).render(<Share link={link} />));
