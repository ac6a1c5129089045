import './styles/tokens.css';
import './styles/ui.css';
import './styles/map.css';
import './styles/board.css';
import './styles/dispatch.css';
import { Board } from './apps/dispatch/Board.js';
import { openBoard } from './apps/dispatch/session.js';
import { openPage } from './shared/live/open-page.js';

void openPage('dispatcher', (identity) => <Board session={openBoard(identity)} />);
