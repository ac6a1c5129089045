import { createRoot } from 'react-dom/client';
import './styles/tokens.css';
import './styles/ui.css';
import './styles/map.css';
import './styles/share.css';
import { Share } from './apps/share/Share.js';
import { tokenIn } from './shared/live/address.js';
import { FollowedLink } from './shared/live/shared-trip.js';

const link = new FollowedLink(tokenIn(location.pathname));
void link.open();
document.addEventListener('visibilitychange', () => {
  if (!document.hidden && link.$state.get().over === null) void link.open();
});

createRoot(document.getElementById('root')!).render(<Share link={link} />);
